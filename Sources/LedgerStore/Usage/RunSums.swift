internal import Ledger

/// What some settlements of one run add up to.
struct RunSums {
    let runID: String
    var firstAt: Timestamp
    var lastAt: Timestamp
    var sums: UsageSums
    /// The dearest call stands for the run; of two equally dear ones that with the greater id.
    private(set) var top: UsageFact

    init(_ fact: UsageFact, runID: String) {
        self.runID = runID
        firstAt = fact.settledAt
        lastAt = fact.settledAt
        sums = fact.sums
        top = fact
    }

    mutating func add(_ fact: UsageFact) {
        firstAt = min(firstAt, fact.settledAt)
        lastAt = max(lastAt, fact.settledAt)
        sums += fact.sums
        if (fact.sums.cost, fact.id) > (top.sums.cost, top.id) { top = fact }
    }

    static func id(of runID: String) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append(runID)
        return Digest.identifier(bytes.bytes)
    }
}
