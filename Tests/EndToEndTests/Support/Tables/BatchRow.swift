/// A row of `batches`.
struct BatchRow: Sendable {
    let opened: [RowID]
    let settled: [RowID]
    let settledKinds: [String]
    let refused: [RowID]
    let adjusted: [RowID]
}
