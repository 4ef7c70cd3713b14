public import Ledger
public import Postgres

/// Checks an organisation's ledger: every balance follows from its facts, every hold ends once, no admission went
/// beyond its ceiling. Works beside a running service: a balance is proved as of the version at which it was read.
public struct Verifier {
    public struct Report: Sendable {
        public internal(set) var balances = 0
        public internal(set) var reservations = 0
        public internal(set) var settlements = 0
        public internal(set) var findings: [Finding] = []
    }

    /// No more than this many findings are collected.
    static let maximumFindings = 1_000

    private let session: Session
    private let organisation: Identifier
    private var report = Report()
    private var proofs: [Identifier: BalanceProof] = [:]
    private var policies: [Int64: Policy] = [:]

    /// Verifies one organisation over a session of its own; pages are short transactions.
    public static func verify(_ organisation: Identifier, in session: Session) throws -> Report {
        var verifier = Verifier(session: session, organisation: organisation)
        try verifier.readBalances()
        try verifier.readReservations()
        try verifier.readSettlements()
        verifier.proveBalances()
        try verifier.readFaults(VerificationStatements.ends)
        try verifier.readFaults(VerificationStatements.strayOpen)
        return verifier.report
    }

    private init(session: Session, organisation: Identifier) {
        self.session = session
        self.organisation = organisation
    }

    private mutating func find(_ finding: Finding) {
        if report.findings.count < Self.maximumFindings { report.findings.append(finding) }
    }

    // MARK: - Balances against facts

    private mutating func readBalances() throws {
        try pages(VerificationStatements.balances) { verifier, rows, row, id in
            verifier.report.balances += 1
            verifier.proofs[id] = BalanceProof(
                envelope: try rows.text(row, 1), rule: try rows.text(row, 2), version: try rows.int8(row, 3),
                held: try rows.int8(row, 4), spent: try rows.int8(row, 5))
        }
    }

    private mutating func readReservations() throws {
        try pages(VerificationStatements.reservations) { verifier, rows, row, id in
            verifier.report.reservations += 1
            let policy = try verifier.policy(try rows.int8(row, 1))
            let balances: [Identifier] = try rows.uuidArray(row, 2)
            let amounts = try rows.int8Array(row, 3)
            let versions = try rows.int8Array(row, 4)
            let held = try rows.int8Array(row, 5)
            let spent = try rows.int8Array(row, 6)
            let limits = try rows.int8Array(row, 7)
            guard [amounts.count, versions.count, held.count, spent.count, limits.count].allSatisfy({ $0 == balances.count }) else {
                return verifier.find(Finding(reservation: id, "has entries of different lengths"))
            }
            for (index, balance) in balances.enumerated() {
                verifier.proofs[balance]?.add(
                    version: versions[index], heldChange: amounts[index], spentChange: 0, held: held[index], spent: spent[index])
                guard let proof = verifier.proofs[balance], let envelope = policy.envelope(named: proof.envelope),
                    envelope.rule == proof.rule, let ceiling = envelope.ceiling
                else { continue }
                if Int128(held[index]) + Int128(spent[index]) > Int128(ceiling) {
                    verifier.find(Finding(reservation: id, "was admitted beyond the ceiling of '\(envelope.name)' (balance \(balance))"))
                }
            }
        }
    }

    private mutating func readSettlements() throws {
        var after = Identifier.none
        var kind = ""
        while true {
            var parameters = VerificationStatements.page(organisation, after: after)
            parameters.text(kind)
            let rows = try session.execute(VerificationStatements.settlements, parameters)
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                kind = try rows.text(row, 1)
                try addSettlement(rows, row, id: after)
            }
            if rows.count < VerificationStatements.pageSize { return }
        }
    }

    private mutating func addSettlement(_ rows: Rows, _ row: Int, id: Identifier) throws {
        report.settlements += 1
        let balances: [Identifier] = try rows.uuidArray(row, 2)
        let heldChanges = try rows.int8Array(row, 3)
        let charges = try rows.int8Array(row, 4)
        let versions = try rows.int8Array(row, 5)
        let held = try rows.int8Array(row, 6)
        let spent = try rows.int8Array(row, 7)
        guard [heldChanges.count, charges.count, versions.count, held.count, spent.count].allSatisfy({ $0 == balances.count }) else {
            return find(Finding(reservation: id, "has a settlement with entries of different lengths"))
        }
        for (index, balance) in balances.enumerated() {
            proofs[balance]?.add(
                version: versions[index], heldChange: heldChanges[index], spentChange: charges[index], held: held[index], spent: spent[index])
        }
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
