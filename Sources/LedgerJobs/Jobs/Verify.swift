internal import Ledger
internal import LedgerStore
internal import Logging

/// Checks that the balances of every organisation follow from its facts.
struct Verify: ScheduledJob {
    let name = "verify"
    let cadence = Cadence.daily(hour: 4)
    let check: LedgerCheck
    let organisations: OrganisationStore
    let logger: Logger

    /// So many findings of an organisation are logged one by one.
    private static let loggedFindings = 20

    func run(_ context: JobContext) async throws {
        var found = 0
        var first: String?
        for organisation in try await organisations.all() {
            try Task.checkCancellation()
            let report = try await check.verify(organisation)
            guard let finding = report.findings.first else { continue }
            found += report.findings.count
            first = first ?? "\(organisation.name): \(finding)"
            log(report.findings, of: organisation)
            try await check.tell(report.findings, of: organisation, dueAt: context.dueAt)
        }
        guard let first else { return }
        throw JobFailure("\(found) found, the first: \(first); run `purser verify` to see all", isFinal: true)
    }

    private func log(_ findings: [Finding], of organisation: Organisation) {
        for finding in findings.prefix(Self.loggedFindings) {
            logger.error("the ledger contradicts itself", metadata: ["org": "\(organisation.name)", "finding": "\(finding)"])
        }
        guard findings.count > Self.loggedFindings else { return }
        logger.error("there is more like this", metadata: ["org": "\(organisation.name)", "findings": "\(findings.count)"])
    }
}
