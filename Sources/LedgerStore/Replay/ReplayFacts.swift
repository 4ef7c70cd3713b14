internal import Ledger

/// What a batch did, in its order, and which versions of balances it made.
struct ReplayFacts {
    var operations: [RecordedOperation] = []
    var spans: [FactOrder<ReplayFacts>.Span] = []
}
