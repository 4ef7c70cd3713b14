import Synchronization

/// When calls of one agent were begun, by this process's own clock, and how they were answered.
final class AttemptLog: Sendable {
    struct Attempt: Sendable {
        let start: ContinuousClock.Instant
        let end: ContinuousClock.Instant
        let status: Int

        /// Whether it began and was answered between two moments.
        func lies(from: ContinuousClock.Instant, to: ContinuousClock.Instant) -> Bool { from <= start && end <= to }
    }

    private let attempts = Mutex<[Attempt]>([])

    var all: [Attempt] { attempts.withLock { $0 } }

    /// How many calls have begun since a moment and are answered.
    func count(since moment: ContinuousClock.Instant) -> Int {
        attempts.withLock { attempts in attempts.suffix(64).count { $0.start >= moment } }
    }

    /// Notes a call and its answer.
    @discardableResult
    func note(_ call: () async throws -> Answer) async throws -> Int {
        let start = ContinuousClock.now
        let answer = try await call()
        guard answer.status == 201 || answer.problem == "suspended" else { throw Failure("\(answer)") }
        attempts.withLock { $0.append(Attempt(start: start, end: .now, status: answer.status)) }
        return answer.status
    }
}
