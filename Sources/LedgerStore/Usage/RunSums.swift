internal import Ledger

/// What some settlements of one run add up to.
struct RunSums {
    let runID: String
    var firstAt: Timestamp
    var lastAt: Timestamp
    var sums: UsageSums
    /// The tags that all of its calls have in common, as JSON: who is bound to some of these may see the sums.
    private(set) var commonTags: [UInt8]
    /// The dearest call stands for the run; of two equally dear ones that with the greater id.
    private(set) var top: UsageFact

    init(_ fact: UsageFact, runID: String) {
        self.runID = runID
        firstAt = fact.settledAt
        lastAt = fact.settledAt
        sums = fact.sums
        top = fact
        commonTags = fact.tags
    }

    mutating func add(_ fact: UsageFact) {
        firstAt = min(firstAt, fact.settledAt)
        lastAt = max(lastAt, fact.settledAt)
        sums += fact.sums
        // Nearly always the same, and then not read.
        if fact.tags != commonTags { commonTags = Self.common(fact.tags, commonTags) }
        if (fact.sums.cost, fact.id) > (top.sums.cost, top.id) { top = fact }
    }

    /// What cannot be read has nothing in common.
    private static func common(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        guard let first = try? TagsJSON.decode(first), let second = try? TagsJSON.decode(second) else { return TagsJSON.encode(Tags()) }
        return TagsJSON.encode(Tags(first.entries.filter { second[$0.name] == $0.value }))
    }

    static func id(of runID: String) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append(runID)
        return Digest.identifier(bytes.bytes)
    }
}
