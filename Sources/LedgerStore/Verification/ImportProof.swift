internal import Ledger
internal import Postgres

/// Proves that each import says of itself, and sums up for its report, what its calls add up to.
struct ImportProof {
    private struct Sums: Hashable {
        var taken: Int64 = 0
        var cost: Int64 = 0
        var tokens: Int64 = 0

        var text: String { "\(taken) calls, \(Money(nanos: cost)), \(tokens) tokens" }
    }

    private struct Statement: Hashable {
        let attempt: Int64
        let own: Sums
        let usage: Sums
    }

    private(set) var calls = 0
    private var facts: [Identifier: Sums] = [:]
    private var said: [Identifier: Statement] = [:]

    static func read(_ organisation: Identifier, in session: Session) throws -> ImportProof {
        var proof = ImportProof()
        let before = try statements(organisation, in: session)
        guard !before.isEmpty else { return proof }
        try proof.readCalls(organisation, in: session)
        // One that was sent again meanwhile is left for the next time.
        let after = try statements(organisation, in: session)
        proof.said = before.filter { after[$0.key] == $0.value }
        return proof
    }

    private static func statements(_ organisation: Identifier, in session: Session) throws -> [Identifier: Statement] {
        var found: [Identifier: Statement] = [:]
        var after = Identifier.none
        while true {
            let rows = try session.execute(
                VerificationStatements.imports, VerificationStatements.page(organisation, after: after), timeout: .seconds(60))
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                found[after] = Statement(
                    attempt: try rows.int8(row, 1),
                    own: Sums(taken: try rows.int8(row, 2), cost: try rows.int8(row, 3), tokens: try rows.int8(row, 4)),
                    usage: Sums(taken: try rows.int8(row, 5), cost: try rows.int8(row, 6), tokens: try rows.int8(row, 7)))
            }
            if rows.count < VerificationStatements.pageSize { return found }
        }
    }

    private mutating func readCalls(_ organisation: Identifier, in session: Session) throws {
        var after = Identifier.none
        while true {
            let rows = try session.execute(
                VerificationStatements.importedCalls, VerificationStatements.page(organisation, after: after), timeout: .seconds(60))
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                calls += 1
                var sums = facts[try rows.uuid(row, 1)] ?? Sums()
                sums.taken += 1
                UsageSums.add(&sums.cost, try rows.int8(row, 2))
                UsageSums.add(&sums.tokens, try rows.int8(row, 3))
                facts[try rows.uuid(row, 1)] = sums
            }
            if rows.count < VerificationStatements.pageSize { return }
        }
    }

    var findings: [Finding] {
        said.sorted { $0.key < $1.key }.flatMap { id, statement -> [Finding] in
            let truth = facts[id] ?? Sums()
            return [("says", statement.own), ("sums up", statement.usage)].compactMap { verb, sums in
                sums == truth ? nil : Finding("import \(id)", "\(verb) \(sums.text), but its calls add up to \(truth.text)")
            }
        }
    }
}
