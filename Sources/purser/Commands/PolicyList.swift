import ArgumentParser
import Ledger
import LedgerStore

/// Lists the versions of the policy.
struct PolicyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the versions, newest first: when, who and why.")

    @Option(help: "The organisation.") var org = Organisation.defaultName
    @Option(help: "How many.") var limit = 50

    func run() async throws {
        try await Installation.withStore(try await Settings.load()) { store in
            let organisation = try await store.organisation(org)
            for version in try await store.policies.list(of: organisation.id, before: nil, limit: max(1, min(limit, 10_000))) {
                print("\(version.version)\t\(version.createdAt)\t\(version.author)\t\(version.message)")
            }
        }
    }
}
