internal import Ledger
internal import Postgres

/// The settlements of some calls, with all of their tags as they were sent.
struct CallFacts {
    struct Settlement {
        let fact: UsageFact
        /// `end`, `late`, `direct` or `imported`.
        let kind: String
        /// Run and session among them.
        let tags: Tags
    }

    private(set) var byCall: [Identifier: [Settlement]] = [:]

    static func read(_ calls: [Identifier], of organisation: Identifier, in session: Session) throws -> CallFacts {
        var found = CallFacts()
        guard !calls.isEmpty else { return found }
        let months = Partitions.months(of: calls)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(calls)
        parameters.timestamp(microsecondsSince1970: months.start.microseconds)
        parameters.timestamp(microsecondsSince1970: months.end.microseconds)
        let rows = try session.execute(CorrectionStatements.facts, parameters)
        for row in 0..<rows.count {
            let fact = try UsageFact(rows, row)
            let tags = try TagsJSON.decode(try rows.jsonIfPresent(row, 19) ?? Array("{}".utf8))
            found.byCall[fact.id, default: []].append(Settlement(fact: fact, kind: try rows.text(row, 20), tags: tags))
        }
        return found
    }

    /// As they were sent; nil: the call was not settled.
    func tags(of call: Identifier) -> Tags? { byCall[call]?.first?.tags }
}
