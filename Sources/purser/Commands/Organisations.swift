import ArgumentParser
import LedgerStore

/// Organisations of this installation.
struct Organisations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orgs", abstract: "Make and list organisations.", subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an organisation and print its first admin key, this once.")

        @Argument(help: "1 to 39 lower-case letters, digits and '-'.") var name: String
        @Option(help: "ISO 4217 code.") var currency: String

        func run() async throws {
            guard Organisation.isValid(name: name) else { throw ValidationError("a name has 1 to 39 lower-case letters, digits and '-'") }
            guard Organisation.isValid(currency: currency) else { throw ValidationError("a currency is an ISO 4217 code such as EUR") }
            let settings = try await Settings.load()
            try await Installation.withStore(settings) { store in
                let text = KeyText.generate(organisation: name)
                guard let key = KeyText(text), try await store.organisations.create(name: name, currency: currency, adminKey: key) != nil else {
                    throw SettingsError("there is an organisation '\(name)' already")
                }
                print(text)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the organisations.")

        func run() async throws {
            let settings = try await Settings.load()
            try await Installation.withStore(settings) { store in
                for organisation in try await store.organisations.list(after: nil, limit: 1_000) {
                    print("\(organisation.name)\t\(organisation.currency)\t\(organisation.state.rawValue)\t\(organisation.createdAt)")
                }
            }
        }
    }
}
