internal import Ledger
internal import Postgres

/// The approvals that a batch asks for, column by column.
struct ApprovalColumns {
    /// One question to a person.
    struct Row {
        let id: Identifier
        let scope: Identifier
        let violation: Violation
        let call: Call
        let key: Identifier
        let reason: String
        let expiresAt: Timestamp
    }

    private(set) var rows: [Row] = []

    mutating func append(_ row: Row) { rows.append(row) }

    func insertGates(organisation: Identifier, at now: Timestamp) -> PipelineStep {
        // In one order everywhere, so that two lanes which ask the same never wait in a circle.
        let sorted = rows.sorted { $0.scope < $1.scope }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(sorted.map(\.scope))
        parameters.uuidArray(sorted.map(\.id))
        parameters.timestampArray(sorted.map(\.expiresAt.microseconds))
        parameters.timestampArray(
            sorted.map { row -> Int64? in
                let reminder = now.adding(seconds: ApprovalQuestion.reminderSeconds)
                return reminder < row.expiresAt ? reminder.microseconds : nil
            })
        return PipelineStep(ApprovalStatements.insertGates, parameters)
    }

    func insert(organisation: Identifier, at now: Timestamp) -> PipelineStep {
        var first: [Int32] = []
        var last: [Int32] = []
        var end: Int32 = 0
        for row in rows {
            first.append(end + 1)
            end += Int32(row.violation.identity.names.count)
            last.append(end)
        }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuidArray(rows.map(\.id))
        parameters.uuidArray(rows.map(\.scope))
        parameters.textArray(rows.map(\.violation.identity.envelope))
        parameters.uuidArray(rows.map(\.violation.identity.id))
        parameters.textArray(rows.map(\.violation.identity.meter.rawValue))
        parameters.timestampArray(rows.map(\.violation.identity.window.start?.microseconds))
        parameters.timestampArray(rows.map(\.violation.identity.window.end?.microseconds))
        parameters.textArray(rows.map { $0.call.tags["run_id"] })
        parameters.textArray(rows.map { $0.call.tags["agent_id"] })
        parameters.textArray(rows.map { $0.call.tags["user_id"] })
        parameters.uuidArray(rows.map(\.key))
        parameters.int8Array(rows.map(\.violation.requested))
        parameters.textArray(rows.map(\.call.model))
        parameters.textArray(rows.map(\.call.tool))
        parameters.jsonbArray(rows.map { TagsJSON.encode($0.call.tags) })
        parameters.textArray(rows.map(\.reason))
        parameters.timestampArray(rows.map(\.expiresAt.microseconds))
        parameters.int4Array(first)
        parameters.int4Array(last)
        parameters.textArray(rows.flatMap(\.violation.identity.names))
        parameters.textArray(rows.flatMap(\.violation.identity.values))
        return PipelineStep(ApprovalStatements.insert, parameters)
    }
}
