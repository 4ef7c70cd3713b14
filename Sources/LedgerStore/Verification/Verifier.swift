public import Ledger
public import Postgres

/// Checks an organisation's ledger: every balance follows from its facts, every hold ends once, no admission went
/// beyond its ceiling. Works beside a running service: a balance is proved as of the version at which it was read.
public struct Verifier {
    public struct Report: Sendable {
        public internal(set) var balances = 0
        public internal(set) var reservations = 0
        public internal(set) var settlements = 0
        public internal(set) var adjustments = 0
        public internal(set) var importedCalls = 0
        /// Entries of the chain of seals.
        public internal(set) var seals = 0
        /// Seals whose facts lie in months that were detached: the chain speaks for them, their facts are elsewhere.
        public internal(set) var detachedSeals = 0
        /// How far the chain goes; nil: it was not looked at.
        public internal(set) var head: SealHead?
        public internal(set) var findings: [Finding] = []
    }

    /// No more than this many findings are collected.
    static let maximumFindings = 1_000

    private let session: Session
    private let organisation: Identifier
    private var report = Report()
    private var proofs: [Identifier: BalanceProof] = [:]
    private var grants = GrantProof()
    private var usage = UsageProof()
    private var policies: [Int64: Policy] = [:]
    /// Balances that facts name and that were not among those read first.
    private var unknown: Set<Identifier> = []

    /// Verifies one organisation over a session of its own; pages are short transactions.
    public static func verify(_ organisation: Identifier, in session: Session) throws -> Report {
        var verifier = Verifier(session: session, organisation: organisation)
        try verifier.readBalances()
        // What was approved, before what was granted for it.
        try verifier.readApprovals()
        // What limits were adjusted by, before the admissions that these limits allowed.
        try verifier.readAdjustments()
        try verifier.readReservations()
        // What is rolled up by now is, with all before it, among the settlements that are read next.
        verifier.usage = try UsageProof.read(organisation, in: session)
        try verifier.readSettlements()
        for finding in verifier.usage.findings { verifier.find(finding) }
        for finding in try CorrectionProof.findings(organisation, usage: verifier.usage, in: session) { verifier.find(finding) }
        let imports = try ImportProof.read(organisation, in: session)
        verifier.report.importedCalls = imports.calls
        for finding in imports.findings { verifier.find(finding) }
        verifier.proveBalances()
        for finding in verifier.grants.findings { verifier.find(finding) }
        try verifier.findMissingBalances()
        try verifier.readFaults(VerificationStatements.ends)
        try verifier.readFaults(VerificationStatements.strayOpen)
        try verifier.proveSeals()
        return verifier.report
    }

    private init(session: Session, organisation: Identifier) {
        self.session = session
        self.organisation = organisation
    }

    private mutating func find(_ finding: Finding) {
        if report.findings.count < Self.maximumFindings { report.findings.append(finding) }
    }

    private mutating func proveSeals() throws {
        let proof = try SealProof.read(organisation, in: session)
        report.seals = proof.entries
        report.detachedSeals = proof.detached
        report.head = proof.head
        for finding in proof.findings { find(finding) }
    }

    // MARK: - Balances against facts

    private mutating func readBalances() throws {
        try pages(VerificationStatements.balances) { verifier, rows, row, id in
            guard let meter = Meter(rawValue: try rows.text(row, 3)) else {
                return verifier.find(Finding(balance: id, "has an unknown meter"))
            }
            verifier.report.balances += 1
            verifier.proofs[id] = BalanceProof(
                envelope: try rows.text(row, 1), rule: try rows.text(row, 2), meter: meter,
                balance: Balance(
                    id: id, limit: try rows.int8(row, 4), held: try rows.int8(row, 5), spent: try rows.int8(row, 6),
                    version: try rows.int8(row, 7), lastFact: try rows.uuid(row, 8), changedAt: Timestamp(microseconds: try rows.timestamp(row, 9)),
                    marks: Marks(adjusted: try rows.int8(row, 10))))
        }
    }

    private mutating func readReservations() throws {
        try pages(VerificationStatements.reservations) { verifier, rows, row, id in
            verifier.report.reservations += 1
            guard let entries = try verifier.entries(rows, row, changes: try rows.int8Array(row, 2), charges: nil) else {
                return verifier.find(Finding(reservation: id, "has entries of different lengths"))
            }
            let isToolCall = try rows.bool(row, 11)
            let amounts = Amounts(
                cost: try rows.int8(row, 9), tokens: try rows.int8(row, 10), modelCalls: isToolCall ? 0 : 1, toolCalls: isToolCall ? 1 : 0)
            let policy = try verifier.policy(try rows.int8(row, 8))
            for entry in entries {
                verifier.add(entry, fact: id)
                verifier.check(entry, of: id, states: amounts, amount: entry.heldChange)
                verifier.checkCeiling(entry, of: id, policy: policy)
            }
        }
    }

    private mutating func readSettlements() throws {
        var after = Identifier.none
        var kind = ""
        while true {
            var parameters = VerificationStatements.page(organisation, after: after)
            parameters.text(kind)
            let rows = try session.execute(VerificationStatements.settlements, parameters, timeout: .seconds(60))
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                kind = try rows.text(row, 8)
                try addSettlement(rows, row, id: after)
            }
            if rows.count < VerificationStatements.pageSize { return }
        }
    }

    private mutating func addSettlement(_ rows: Rows, _ row: Int, id: Identifier) throws {
        report.settlements += 1
        if try rows.bool(row, 14) { find(Finding(reservation: id, "has ended but was never reserved")) }
        guard let entries = try entries(rows, row, changes: try rows.int8Array(row, 2), charges: try rows.int8Array(row, 9)) else {
            return find(Finding(reservation: id, "has a settlement with entries of different lengths"))
        }
        let charged = Amounts(
            cost: try rows.int8(row, 10), tokens: try rows.int8(row, 11), modelCalls: try rows.int8(row, 12), toolCalls: try rows.int8(row, 13))
        usage.add(charged, at: Timestamp(microseconds: try rows.timestamp(row, 15)))
        for entry in entries {
            add(entry, fact: id)
            check(entry, of: id, states: charged, amount: entry.spentChange)
        }
    }

    private mutating func readApprovals() throws {
        try pages(VerificationStatements.approvals) { verifier, rows, row, id in
            verifier.grants.expect(id, scope: try rows.uuid(row, 1), amount: try rows.int8IfPresent(row, 2) ?? 0)
        }
    }

    private mutating func readAdjustments() throws {
        try pages(VerificationStatements.adjustments) { verifier, rows, row, id in
            verifier.report.adjustments += 1
            let entry = Entry(
                balance: try rows.uuid(row, 1), heldChange: 0, spentChange: 0, version: try rows.int8(row, 2), held: try rows.int8(row, 3),
                spent: try rows.int8(row, 4), limit: try rows.int8(row, 5), previous: try rows.uuid(row, 6))
            verifier.add(entry, fact: id)
            verifier.proofs[entry.balance]?.adjust(by: try rows.int8(row, 7), version: entry.version)
            guard try rows.bool(row, 8) else { return }
            let fault = verifier.grants.take(approval: try rows.uuidIfPresent(row, 9), isApproved: try rows.bool(row, 10))
            if let fault { verifier.find(Finding(balance: entry.balance, fault)) }
        }
    }

    /// The entries of a fact, whose columns 1 and 3 … 7 are balances, versions, held, spent, limits and previous.
    private func entries(_ rows: Rows, _ row: Int, changes: [Int64], charges: [Int64]?) throws -> [Entry]? {
        let balances: [Identifier] = try rows.uuidArray(row, 1)
        let versions = try rows.int8Array(row, 3)
        let held = try rows.int8Array(row, 4)
        let spent = try rows.int8Array(row, 5)
        let limits = try rows.int8Array(row, 6)
        let previous: [Identifier] = try rows.uuidArray(row, 7)
        let lengths = [changes.count, charges?.count ?? balances.count, versions.count, held.count, spent.count, limits.count, previous.count]
        guard lengths.allSatisfy({ $0 == balances.count }) else { return nil }
        return balances.indices.map { index in
            Entry(
                balance: balances[index], heldChange: changes[index], spentChange: charges?[index] ?? 0, version: versions[index],
                held: held[index], spent: spent[index], limit: limits[index], previous: previous[index])
        }
    }

    private mutating func add(_ entry: Entry, fact: Identifier) {
        if proofs[entry.balance] == nil { unknown.insert(entry.balance) }
        proofs[entry.balance]?.add(entry, fact: fact)
    }

    /// What a fact states of the whole call must be what it booked on each balance of that meter.
    private mutating func check(_ entry: Entry, of id: Identifier, states amounts: Amounts, amount: Int64) {
        guard let proof = proofs[entry.balance], amounts[proof.meter] != amount else { return }
        find(Finding(reservation: id, "states \(amounts[proof.meter]) of \(proof.meter.rawValue) but booked \(amount) on balance \(entry.balance)"))
    }

    private mutating func checkCeiling(_ entry: Entry, of id: Identifier, policy: Policy) {
        guard let proof = proofs[entry.balance] else { return }
        if proof.rule == Grant.rule, Int128(entry.held) + Int128(entry.spent) > Int128(entry.limit) {
            return find(Finding(reservation: id, "was drawn beyond what was granted (balance \(entry.balance))"))
        }
        guard let envelope = policy.envelope(named: proof.envelope), envelope.rule == proof.rule,
            envelope.mode == .enforce, let percent = envelope.plan.ceilingPercent,
            let limit = envelope.limit(adjusted: proof.adjusted(before: entry.version)),
            (Int128(entry.held) + Int128(entry.spent)) * 100 > Int128(limit) * Int128(percent)
        else { return }
        find(Finding(reservation: id, "was admitted beyond the ceiling of '\(envelope.name)' (balance \(entry.balance))"))
    }

    /// Balances that began while this ran are there by now; the others are gone.
    private mutating func findMissingBalances() throws {
        let mentioned = unknown
        try pages(VerificationStatements.balances) { verifier, _, _, id in verifier.unknown.remove(id) }
        for id in mentioned.intersection(unknown) { find(Finding(balance: id, "has facts but is gone")) }
    }

    private mutating func proveBalances() {
        for (id, proof) in proofs {
            if let fault = proof.fault { find(Finding(balance: id, "of '\(proof.envelope)' \(fault)")) }
        }
    }

    private mutating func policy(_ version: Int64) throws -> Policy {
        if let known = policies[version] { return known }
        var policy = Policy.empty
        if let stored = try PolicyQueries.find(version, of: organisation, in: session) {
            do throws(PolicyError) {
                policy = try PolicyYAML.read(stored.source, version: version)
            } catch {
                find(Finding("policy version \(version)", "cannot be read by this release"))
            }
        }
        policies[version] = policy
        return policy
    }

    // MARK: - Holds against their ends

    private mutating func readFaults(_ statement: Statement) throws {
        try pages(statement) { verifier, rows, row, id in
            if let fault = try rows.textIfPresent(row, 1) { verifier.find(Finding(reservation: id, fault)) }
        }
    }

    private mutating func pages(
        _ statement: Statement, _ body: (inout Verifier, Rows, Int, Identifier) throws -> Void
    ) throws {
        var after = Identifier.none
        while true {
            let rows = try session.execute(statement, VerificationStatements.page(organisation, after: after), timeout: .seconds(60))
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                try body(&self, rows, row, after)
            }
            if rows.count < VerificationStatements.pageSize { return }
        }
    }
}
