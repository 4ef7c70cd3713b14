internal import Ledger

/// What a batch did, in its order, and which versions of balances it made.
struct ReplayFacts {
    var operations: [RecordedOperation] = []
    /// The epoch of the guards by which the batch decided.
    let guards: Int64
    /// The epoch with which others knew what the batch suspended; nil where it suspended nobody, or where an older release wrote it.
    let raised: Int64?
    var spans: [FactOrder<ReplayFacts>.Span] = []
}
