import Synchronization

/// When calls of one agent were begun, by this process's own clock, and how they were answered.
final class AttemptLog: Sendable {
    struct Attempt: Sendable {
        let start: ContinuousClock.Instant
        let status: Int
    }

    private let attempts = Mutex<[Attempt]>([])

    var all: [Attempt] { attempts.withLock { $0 } }

    /// Notes a call and its answer.
    @discardableResult
    func note(_ call: () async throws -> Answer) async throws -> Int {
        let start = ContinuousClock.now
        let answer = try await call()
        guard answer.status == 201 || answer.problem == "suspended" else { throw Failure("\(answer)") }
        attempts.withLock { $0.append(Attempt(start: start, status: answer.status)) }
        return answer.status
    }
}
