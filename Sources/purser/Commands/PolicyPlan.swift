import ArgumentParser
import Ledger
import LedgerStore

/// Shows what a policy would change.
struct PolicyPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a folder of policy files would change, and which live balances it would put over their limit.")

    @Argument(help: "The folder.") var directory: String
    @Option(help: "The organisation.") var org = Organisation.defaultName

    func run() async throws {
        let files = try PolicyFolder.read(directory)
        try await Installation.withStore(try await Settings.load()) { store in
            let organisation = try await store.organisation(org)
            let preview = try await PolicyText.explaining(directory) { try await store.policies.preview(files, organisation: organisation.id) }
            PolicyText.print(warnings: preview.warnings)
            if preview.changes.isEmpty { print("nothing changes") }
            for change in preview.changes { print(PolicyText.line(change)) }
            for view in preview.overLimit {
                let meter = view.identity.meter
                let key = zip(view.identity.names, view.identity.values).map { "\($0)=\($1)" }.joined(separator: " ")
                print(
                    "over its limit: \(view.identity.envelope) \(key): \(meter.text(view.held)) held and \(meter.text(view.spent)) spent of "
                        + meter.text(view.limit))
            }
            if preview.overLimitTotal > preview.overLimit.count { print("over their limit: \(preview.overLimitTotal) balances in all") }
        }
    }
}
