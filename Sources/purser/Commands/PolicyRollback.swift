import ArgumentParser
import Ledger
import LedgerStore

/// Puts an earlier version in force again.
struct PolicyRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Put the text of an earlier version in force again, as a new version.")

    @Argument(help: "The version, as `policy list` shows it.") var version: Int64
    @Option(help: "The organisation.") var org = Organisation.defaultName
    @Option(help: "Why; it is kept with the version.") var message: String?
    @Option(help: "Who; it is kept with the version.") var author = "command line"

    func run() async throws {
        try await Installation.withStore(try await Settings.load()) { store in
            let organisation = try await store.organisation(org)
            let done = try await store.policies.rollBack(
                to: version, author: author, message: message ?? "back to version \(version)", organisation: organisation.id)
            guard let done else { throw SettingsError("there is no version \(version)") }
            print("version \(done.version) is in force")
        }
    }
}
