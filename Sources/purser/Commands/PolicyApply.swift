import ArgumentParser
import Ledger
import LedgerStore

/// Puts a policy in force.
struct PolicyApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Put a folder of policy files in force; binds every call that begins after this returned.")

    @Argument(help: "The folder.") var directory: String
    @Option(help: "The organisation.") var org = Organisation.defaultName
    @Option(help: "Why; it is kept with the version.") var message = ""
    @Option(help: "Who; it is kept with the version.") var author = "command line"

    func run() async throws {
        let files = try PolicyFolder.read(directory)
        try await Installation.withStore(try await Settings.load()) { store in
            let organisation = try await store.organisation(org)
            let applied = try await PolicyText.explaining(directory) {
                try await store.policies.applyIfChanged(files, author: author, message: message, organisation: organisation.id)
            }
            PolicyText.print(warnings: applied?.warnings ?? [])
            print(applied.map { "version \($0.version) is in force" } ?? "this is the version in force already; nothing was stored")
        }
    }
}
