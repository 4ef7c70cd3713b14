import Ledger
import LedgerStore
import TestSupport

/// The short forms of what tests of corrections do.
extension TestLedger {
    func correct(
        _ selection: CorrectionSelection, set: [String: String] = [:], remove: [String] = [], bound: [String: String] = [:], key: String? = nil
    ) async throws -> CorrectionStore.Recording {
        let draft = CorrectionDraft(
            selection, tags: TagCorrection(set: Self.tags(set), removed: remove), reason: "a test", bound: Self.tags(bound), author: "test",
            idempotency: Self.idempotency(key, "\(selection) \(set) \(remove)"))
        return try await store.corrections.record(draft, of: organisation.id)
    }

    /// Corrects calls, and waits until that is applied.
    @discardableResult
    func corrected(
        _ selection: CorrectionSelection, set: [String: String] = [:], remove: [String] = [], bound: [String: String] = [:]
    ) async throws -> StoredCorrection {
        guard case .recorded(let made) = try await correct(selection, set: set, remove: remove, bound: bound) else {
            throw TestFailure("not recorded")
        }
        return try await applied(made)
    }

    /// Other tests of the server may be in the middle of a transaction for which it waits.
    func applied(_ correction: StoredCorrection) async throws -> StoredCorrection {
        var found = correction
        let isApplied = try await eventually {
            try await store.correctionWork.workDue()
            found = try await store.corrections.find(correction.id, of: organisation.id) ?? found
            return found.state == .applied
        }
        guard isApplied else { throw TestFailure("correction \(correction.number) is never applied") }
        return found
    }

    /// Everything that was settled until now, of calls that look like this.
    func everything(_ pattern: [String: String?]) -> CorrectionSelection {
        let parts = pattern.map { TagPattern.Part(name: $0.key, matcher: $0.value.map { Matcher($0) }) }
        return .matching(TagPattern(parts), from: Timestamp(seconds: 0), to: now)
    }

    /// What was charged, the call's id.
    func charged(_ cost: String, _ tags: [String: String]) async throws -> Identifier {
        guard let settled = try await charge(cost, tags).settled else { throw TestFailure("not charged") }
        return settled.id
    }

    /// The sums of hours that cost something, one text a row: its tags and cost.
    func sums(_ table: String = "usage_hourly") throws -> [String] {
        try database.texts(
            """
            SELECT t.row FROM (SELECT tags::text || ' ' || cost / 1000000000 AS row FROM \(table) WHERE cost > 0) t
            ORDER BY t.row COLLATE "C"
            """)
    }
}
