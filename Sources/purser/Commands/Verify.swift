import ArgumentParser
import Ledger
import LedgerStore
import Postgres

/// Checks that every balance follows from its facts and every hold ended once.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the ledger: balances against facts, holds against their ends, all facts against their seals; or an audit file by itself.",
        discussion: "Exits with 1 if anything is found.")

    @Option(help: "Only this organisation.") var org: String?

    @Option(help: "An audit file (- for standard input), which is checked without the database.") var file: String?
    @Option(help: "With --file: a seal that was written down before, as <position>:<digest>.") var head: String?

    func validate() throws {
        if head != nil, file == nil { throw ValidationError("--head goes with --file") }
        if org != nil, file != nil { throw ValidationError("--org does not go with --file, which is of one organisation") }
    }

    func run() async throws {
        if let file { return try verify(file) }
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
                if let head = report.head, head.position > 0 {
                    let detached = report.detachedSeals > 0 ? ", \(report.detachedSeals) of them of months that were detached" : ""
                    print("  \(report.seals) seals\(detached), head \(head.position):\(Digest.hex(head.digest))")
                }
                if report.importedCalls > 0 { print("  \(report.importedCalls) imported calls") }
                for finding in report.findings { print("  \(finding)") }
                isClean = isClean && report.findings.isEmpty
            }
            await store.close()
            return isClean
        }
        if !isClean { throw ExitCode(1) }
    }

    private func verify(_ file: String) throws {
        do {
            let summary = try AuditFileCheck(path: file, head: head).run()
            let time = summary.head.sealedAt.map { ", sealed at \($0)" } ?? ""
            print("\(summary.organisation): seals \(summary.start.position + 1) to \(summary.head.position) with \(summary.facts) facts are right")
            if summary.detached > 0 { print("  \(summary.detached) of them came without their facts, whose months were detached") }
            print("  head \(summary.head.position):\(Digest.hex(summary.head.digest))\(time)")
        } catch let fault as AuditFault {
            print("\(file): \(fault)")
            throw ExitCode(1)
        }
    }

    private func organisations(_ store: Store) async throws -> [Organisation] {
        if let org {
            guard let found = try await store.organisations.find(org) else { throw SettingsError("there is no organisation '\(org)'") }
            return [found]
        }
        return try await store.organisations.all()
    }
}
