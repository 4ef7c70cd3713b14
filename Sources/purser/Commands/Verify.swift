import ArgumentParser
import Ledger
import LedgerStore
import Postgres

/// Checks that every balance follows from its facts and every hold ended once.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the ledger: balances against facts, holds against their ends. Exits with 1 if anything is found.")

    @Option(help: "Only this organisation.") var org: String?

    func run() async throws {
        let settings = try await Settings.load()
        let isClean = try await Installation.with(settings) { installation in
            let store = try await installation.store(settings)
            let organisations = try await organisations(store)
            let session = try Session.connect(Store.serviceSettings(installation.connectionString))
            defer { session.close() }
            var isClean = true
            for organisation in organisations {
                let report = try Verifier.verify(organisation.id, in: session)
                print(
                    "\(organisation.name): \(report.balances) balances, \(report.reservations) reservations, \(report.settlements) settlements, \(report.adjustments) adjustments, "
                        + (report.findings.isEmpty ? "nothing found" : "\(report.findings.count) found"))
                for finding in report.findings { print("  \(finding)") }
                isClean = isClean && report.findings.isEmpty
            }
            await store.close()
            return isClean
        }
        if !isClean { throw ExitCode(1) }
    }

    private func organisations(_ store: Store) async throws -> [Organisation] {
        if let org {
            guard let found = try await store.organisations.find(org) else { throw SettingsError("there is no organisation '\(org)'") }
            return [found]
        }
        return try await store.organisations.all()
    }
}
