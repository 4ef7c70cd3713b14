internal import Ledger
internal import Postgres

/// A batch of the record: which facts it made, and in which order.
struct ReplayBatch {
    let id: Identifier
    let at: Timestamp
    let opened: [Identifier]
    let settled: [Identifier]
    let settledKinds: [String]
    let refused: [Identifier]
    let adjusted: [Identifier]
    let decided: [Identifier]
    /// Of opened, settled, refused, adjusted and decided in turn; shorter where an older release or a job wrote the batch.
    let positions: [Int64]
    /// The epoch of the guards by which it decided; 0 of imports and of what jobs of an older release wrote.
    let guards: Int64
    /// The epoch with which others knew what the batch suspended; nil where it suspended nobody, or an older release wrote the batch.
    let raised: Int64?

    var factCount: Int { opened.count + settled.count + refused.count + adjusted.count + decided.count }

    init(_ rows: Rows, _ row: Int) throws {
        id = try rows.uuid(row, 0)
        at = Timestamp(microseconds: try rows.timestamp(row, 1))
        opened = try rows.uuidArray(row, 2)
        settled = try rows.uuidArray(row, 3)
        settledKinds = try rows.textArray(row, 4)
        refused = try rows.uuidArray(row, 5)
        adjusted = try rows.uuidArray(row, 6)
        positions = try rows.int8Array(row, 7)
        decided = try rows.uuidArray(row, 8)
        guards = try rows.int8(row, 9)
        raised = try rows.int8IfPresent(row, 10)
        guard settled.count == settledKinds.count else { throw StoreError(.corrupt, "batch \(id) has settlements without a kind") }
    }
}
