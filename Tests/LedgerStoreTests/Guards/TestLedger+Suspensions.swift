import Ledger
import LedgerStore
import TestSupport
import Testing

extension TestLedger {
    static let agent = Subject(kind: .agent, id: "a")

    @discardableResult
    func suspend(_ subject: Subject = agent, _ reason: String = "it loops", idempotency: IdempotencyKey? = nil) async throws
        -> SuspensionStore.Opening
    {
        try await store.suspensions.open(
            SuspensionDraft(subject: subject, reason: reason, author: "ada", idempotency: idempotency), of: organisation.id)
    }

    func lift(_ id: Identifier, _ reason: String = "mended", allowSteps: Int64? = nil) async throws -> StoredSuspension {
        try #require(try await store.suspensions.lift(id, reason: reason, author: "bob", allowSteps: allowSteps, of: organisation.id))
    }

    func suspensions(_ filter: SuspensionStore.Filter = .init(), scope: SuspensionScope = .everything) async throws -> [StoredSuspension] {
        try await store.suspensions.list(of: organisation.id, filter: filter, scope: scope, before: nil, limit: 200)
    }

    /// Looks for holds until none can be left, by the database's own clock.
    func sweepUp() async throws {
        guard try await eventually({ try await !store.sweeps.sweepDue() }) else { throw TestFailure("a sweep does not end") }
    }

    /// The reasons of the settlements that ended holds, with their states.
    func ends() throws -> [String] {
        try database.texts("SELECT state || ' ' || coalesce(reason, '') FROM settlements WHERE kind = 'end' ORDER BY 1")
    }
}

extension SuspensionStore.Opening {
    var name: String {
        switch self {
        case .opened: "opened"
        case .known: "known"
        case .replayed: "replayed"
        case .mismatch: "mismatch"
        }
    }

    var stored: StoredSuspension? {
        switch self {
        case .opened(let stored), .known(let stored), .replayed(let stored): stored
        case .mismatch: nil
        }
    }
}
