public import Ledger
internal import Postgres

extension CorrectionStore {
    /// No preview looks for longer.
    private static let longestLook = Duration.seconds(3)

    private struct Key: Hashable {
        let before: Tags
        let after: Tags
    }

    /// What a correction would do if it were asked for now; nothing is written. Corrections that wait are not taken into account.
    public func preview(_ draft: CorrectionDraft, of organisation: Identifier) async throws -> CorrectionPreview {
        let correction = StoredCorrection(draft)
        var preview = CorrectionPreview()
        if case .calls(let calls) = draft.selection {
            preview.faults = try await pool.withSession { try Self.faults(calls, bound: draft.bound, of: organisation, in: $0) }
        }
        var groups: [Key: CorrectionPreview.Sums] = [:]
        var seen: Set<Identifier> = []
        var after = Identifier.none
        let started = ContinuousClock.now
        while true {
            try Task.checkCancellation()
            let last = after
            let part = try await pool.withSession { try CorrectionPart.read(correction, of: organisation, after: last, in: $0) }
            preview.lookedAt += part.lookedAt
            preview.unchanged += part.unchanged
            for change in part.changes where seen.insert(change.call).inserted {
                preview.totals.add(change.settlements)
                let key = Key(before: Self.named(change.before, draft.tags), after: Self.named(change.after, draft.tags))
                if groups[key] != nil || groups.count < Self.keptGroups {
                    groups[key, default: CorrectionPreview.Sums()].add(change.settlements)
                } else {
                    preview.others.add(change.settlements)
                }
            }
            if part.isLast { break }
            after = part.last
            guard ContinuousClock.now - started < Self.longestLook else {
                preview.reachedAt = after.time
                break
            }
        }
        Self.sort(groups, into: &preview)
        return preview
    }

    /// So many groups are kept while calls are looked for.
    private static let keptGroups = 10_000

    private static func sort(_ groups: [Key: CorrectionPreview.Sums], into preview: inout CorrectionPreview) {
        let sorted = groups.sorted { a, b in
            if a.value.cost != b.value.cost { return a.value.cost > b.value.cost }
            if a.value.calls != b.value.calls { return a.value.calls > b.value.calls }
            return ReportOrder.precedes(a.key.before.entries.map(\.value), b.key.before.entries.map(\.value))
        }
        preview.groups = sorted.prefix(CorrectionPreview.groupLimit).map {
            CorrectionPreview.Group(before: $0.key.before, after: $0.key.after, sums: $0.value)
        }
        for group in sorted.dropFirst(CorrectionPreview.groupLimit) { preview.others.add(group.value) }
    }

    private static func named(_ tags: Tags, _ correction: TagCorrection) -> Tags {
        Tags(tags.entries.filter { correction.names.contains($0.name) })
    }
}

extension CorrectionPreview.Sums {
    fileprivate mutating func add(_ other: CorrectionPreview.Sums) {
        UsageSums.add(&calls, other.calls)
        UsageSums.add(&settlements, other.settlements)
        UsageSums.add(&cost, other.cost)
        UsageSums.add(&tokens, other.tokens)
    }
}
