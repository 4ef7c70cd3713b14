public import Ledger
internal import Postgres

/// A correction as it was asked for, and how far it is.
public struct StoredCorrection: Sendable {
    public enum State: String, Sendable {
        case pending, applied
    }

    public let id: Identifier
    /// 1, 2, 3 … within the organisation: of one call the later wins.
    public let number: Int64
    public let selection: CorrectionSelection
    public let tags: TagCorrection
    public let reason: String
    /// Tags that the key which asked is bound to.
    public let bound: Tags
    public let madeAt: Timestamp
    public let author: String
    public let state: State
    /// The time up to which calls were looked for; nil: none was.
    public let reachedAt: Timestamp?
    /// Settlements, those that have the tags of the key which asked.
    public let lookedAt: Int64
    /// Calls that were meant and had these tags already, or would have had more than a call may carry.
    public let unchanged: Int64
    /// Calls that were corrected, with all of their settlements.
    public let calls: Int64
    public let settlements: Int64
    /// Nano-units.
    public let cost: Int64
    public let tokens: Int64
    public let appliedAt: Timestamp?

    /// Whether a call with these tags is meant.
    func means(_ tags: Tags) -> Bool {
        guard tags.contains(bound) else { return false }
        return switch selection {
        case .calls: true
        case .matching(let pattern, _, _): pattern.matches(tags)
        }
    }

    /// How much of it is done, in percent; of calls that are looked for, how much of their time.
    public var percent: Int64 {
        guard state == .pending else { return 100 }
        guard case .matching(_, let from, let to) = selection, let reachedAt, to > from else { return 0 }
        return max(0, min(99, (reachedAt.seconds - from.seconds) * 100 / max(1, to.seconds - from.seconds)))
    }

    /// One that is not asked for yet.
    init(_ draft: CorrectionDraft) {
        id = .none
        number = 0
        selection = draft.selection
        tags = draft.tags
        reason = draft.reason
        bound = draft.bound
        madeAt = Timestamp(microseconds: 0)
        author = draft.author
        state = .pending
        reachedAt = nil
        (lookedAt, unchanged, calls, settlements, cost, tokens) = (0, 0, 0, 0, 0, 0)
        appliedAt = nil
    }

    /// The columns of `CorrectionStatements`.
    init(_ rows: Rows, _ row: Int) throws {
        id = try rows.uuid(row, 0)
        number = try rows.int8(row, 1)
        if let match = try rows.jsonIfPresent(row, 3) {
            guard let from = try rows.timestampIfPresent(row, 4), let to = try rows.timestampIfPresent(row, 5) else {
                throw StoreError(.corrupt, "correction \(number) says of no time")
            }
            selection = .matching(
                try PatternJSON.decode(match), from: Timestamp(microseconds: from), to: Timestamp(microseconds: to))
        } else {
            selection = .calls(try rows.uuidArray(row, 2))
        }
        tags = TagCorrection(set: try TagsJSON.decode(try rows.json(row, 6)), removed: try rows.textArray(row, 7))
        reason = try rows.text(row, 8)
        bound = try TagsJSON.decode(try rows.json(row, 9))
        madeAt = Timestamp(microseconds: try rows.timestamp(row, 10))
        author = try rows.text(row, 11)
        guard let state = State(rawValue: try rows.text(row, 12)) else { throw StoreError(.corrupt, "correction \(number) has an unknown state") }
        self.state = state
        reachedAt = try rows.timestampIfPresent(row, 13).map { Timestamp(microseconds: $0) }
        lookedAt = try rows.int8(row, 14)
        unchanged = try rows.int8(row, 15)
        calls = try rows.int8(row, 16)
        settlements = try rows.int8(row, 17)
        cost = try rows.int8(row, 18)
        tokens = try rows.int8(row, 19)
        appliedAt = try rows.timestampIfPresent(row, 20).map { Timestamp(microseconds: $0) }
    }
}
