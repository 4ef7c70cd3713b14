internal import Ledger
internal import Postgres

/// The corrections of some calls, as far as they are applied, in the order of their numbers.
struct CallCorrections {
    private var numbers: [Identifier: [Int64]] = [:]
    private var corrections: [Int64: TagCorrection] = [:]

    init() {}

    static func read(_ calls: [Identifier], of organisation: Identifier, in session: Session) throws -> CallCorrections {
        var found = CallCorrections()
        guard !calls.isEmpty else { return found }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(Array(Set(calls)))
        let rows = try session.execute(CorrectionStatements.ofCalls, parameters)
        for row in 0..<rows.count { found.numbers[try rows.uuid(row, 0), default: []].append(try rows.int8(row, 1)) }
        guard rows.count > 0 else { return found }
        let named = Set(found.numbers.values.flatMap(\.self)).sorted()
        var second = Parameters()
        second.uuid(organisation)
        second.int8Array(named)
        let told = try session.execute(CorrectionStatements.tags, second)
        for row in 0..<told.count {
            found.corrections[try told.int8(row, 0)] = TagCorrection(
                set: try TagsJSON.decode(try told.json(row, 1)), removed: try told.textArray(row, 2))
        }
        guard found.corrections.count == named.count else { throw StoreError(.corrupt, "a call was corrected by nobody") }
        return found
    }

    subscript(call: Identifier) -> [TagCorrection] { numbers[call].map { $0.compactMap { corrections[$0] } } ?? [] }

    func tags(_ tags: Tags, of call: Identifier) -> Tags { TagCorrection.applied(self[call], to: tags) }

    func has(_ number: Int64, call: Identifier) -> Bool { numbers[call]?.contains(number) ?? false }
}
