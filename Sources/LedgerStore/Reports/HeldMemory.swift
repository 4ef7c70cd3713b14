internal import Ledger
internal import Synchronization

/// The groups of organisations with very many open holds. They are read again only after twenty times as long as reading them took,
/// so that reports, however many, take a twentieth of one connection's time for it at most.
final class HeldMemory: Sendable {
    static let share = 20
    static let longest = Duration.seconds(15)
    /// Those of other organisations are read each time.
    static let organisationLimit = 32

    private struct Entry {
        let groups: HeldGroups
        let until: ContinuousClock.Instant
    }

    /// With fewer open holds an organisation's groups are read each time.
    private let threshold: Int64
    private let known = Mutex<[Identifier: Entry]>([:])

    init(threshold: Int64 = 100_000) { self.threshold = threshold }

    /// - Parameter clock: tells the time.
    func groups(
        of organisation: Identifier, clock: () -> ContinuousClock.Instant = { .now }, read: () async throws -> HeldGroups
    ) async throws -> HeldGroups {
        let began = clock()
        if let entry = known.withLock({ $0[organisation] }), began < entry.until { return entry.groups }
        let groups = try await read()
        let ended = clock()
        known.withLock { known in
            known = known.filter { $0.value.until > ended }
            guard groups.holds >= threshold, known.count < Self.organisationLimit else { return }
            known[organisation] = Entry(groups: groups, until: ended + min(Self.longest, (ended - began) * Self.share))
        }
        return groups
    }
}
