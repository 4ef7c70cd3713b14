internal import Ledger

/// What the subjects of some breakers used of late, added up row by row: the rows themselves are not kept.
struct BaselineRecent {
    /// So many subjects of an organisation are watched in one look; calls of further ones are left to the next that has fewer.
    static let subjectLimit = 20_000

    struct Use {
        let subject: BaselineSubject
        /// By the second in which a slice begins.
        private(set) var slices: [Int64: Int64] = [:]
        /// Of the row that weighs most.
        private(set) var tags: Tags
        private var most: Int64

        init(subject: BaselineSubject, tags: Tags, most: Int64) {
            self.subject = subject
            self.tags = tags
            self.most = most
        }

        mutating func add(_ amount: Int64, of row: SliceRow) {
            UsageSums.add(&slices[row.start, default: 0], amount)
            guard amount > most else { return }
            most = amount
            tags = row.tags
        }
    }

    private struct Key: Hashable {
        let breaker: Int
        let subject: String
        let tool: String?
    }

    private let breakers: [Breaker]
    private let policy: Policy
    private var uses: [Key: Use] = [:]
    private(set) var isFull = false

    init(_ breakers: [Breaker], policy: Policy) {
        self.breakers = breakers
        self.policy = policy
    }

    mutating func add(_ row: SliceRow) {
        for (index, breaker) in breakers.enumerated() where row.matches(breaker.match, policy: policy) {
            guard let subject = BaselineSubject(breaker, of: row) else { continue }
            let key = Key(breaker: index, subject: subject.subject.id, tool: subject.tool)
            let amount = row.amount(of: subject.measure)
            if uses[key] == nil, uses.count >= Self.subjectLimit {
                isFull = true
                continue
            }
            uses[key, default: Use(subject: subject, tags: row.tags, most: amount)].add(amount, of: row)
        }
    }

    var all: some Collection<Use> { uses.values }
}
