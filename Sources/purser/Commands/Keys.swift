import ArgumentParser
import Ledger
import LedgerStore

/// API keys.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke API keys.", subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key and print it, this once.")

        @Option(help: "The organisation.") var org = Organisation.defaultName
        @Option(help: "gateway, finance, approver, operator or admin.") var role: String
        @Option(help: "A tag that the key is bound to, as name=value; may be repeated.") var tag: [String] = []
        @Option(help: "The agent that the key belongs to.") var agent: String?
        @Option(help: "A name to know it by.") var name: String?
        @Option(help: "The most that an approver may grant to one run, such as 250.") var approveUpTo: String?

        func run() async throws {
            guard let role = APIKey.Role(rawValue: role) else {
                throw ValidationError("a role is one of \(APIKey.Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            var tags = Tags()
            for pair in tag {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, Tags.isValid(name: String(parts[0])) else { throw ValidationError("write a tag as name=value") }
                tags[String(parts[0])] = String(parts[1])
            }
            let bound = tags
            let limit = approveUpTo.flatMap { Money($0) }
            guard approveUpTo == nil || limit != nil else { throw ValidationError("write --approve-up-to as an amount, such as 250 or 99.5") }
            guard limit == nil || role == .approver || role == .admin else { throw ValidationError("only approver and admin keys approve") }
            let settings = try await Settings.load()
            try await Installation.withStore(settings) { store in
                let made = try await store.keys.create(
                    role: role, tags: bound, agentID: agent, name: name, approveUpTo: limit, organisation: try await store.organisation(org))
                print(made.text)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys of an organisation.")

        @Option(help: "The organisation.") var org = Organisation.defaultName

        func run() async throws {
            let settings = try await Settings.load()
            try await Installation.withStore(settings) { store in
                let organisation = try await store.organisation(org)
                for key in try await store.keys.list(of: organisation.id, after: nil, limit: 1_000) {
                    let state = key.revokedAt.map { "revoked \($0)" } ?? "active"
                    print("\(key.id)\t\(key.role.rawValue)\t\(state)\t\(key.name ?? "")")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a key; binds before the next decision of any replica.")

        @Argument(help: "The key's id, as `keys list` shows it.") var id: String
        @Option(help: "The organisation.") var org = Organisation.defaultName

        func run() async throws {
            guard let id = Identifier(id) else { throw ValidationError("write the key's id, as `purser keys list` shows it") }
            let settings = try await Settings.load()
            try await Installation.withStore(settings) { store in
                switch try await store.keys.revoke(id, of: try await store.organisation(org).id) {
                case .revoked: print("revoked")
                case .notFound: throw SettingsError("there is no key \(id)")
                case .lastAdmin: throw SettingsError("this is the last admin key of '\(org)'; make another one first")
                }
            }
        }
    }
}

extension Store {
    /// An organisation that must be there.
    func organisation(_ name: String) async throws -> Organisation {
        guard let found = try await organisations.find(name) else { throw SettingsError("there is no organisation '\(name)'") }
        return found
    }
}
