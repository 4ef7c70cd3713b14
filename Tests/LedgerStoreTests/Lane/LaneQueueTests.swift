import Dispatch
import Ledger
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import LedgerStore

@Suite("The queue of a lane")
struct LaneQueueTests {
    /// Puts a ticket into a queue and lets nobody wait for it for ever. The step tells tickets apart.
    private static func put(
        _ step: Int64, of organisation: UInt64 = 1, into queue: LaneQueue, deadline: ContinuousClock.Instant = .now + .seconds(600)
    ) async -> Bool {
        let state = OrganisationState(
            organisation: Organisation(
                id: Identifier(high: 0, low: organisation), name: "o", currency: "USD", state: .active, createdAt: Timestamp(microseconds: 0)),
            epochs: Epochs(), policy: .empty, prices: PriceBook(), keys: KeyRing())
        let operation = LedgerStore.Operation.settle(
            SettleRequest(key: nil, reservation: Identifier(high: 0, low: UInt64(step)), action: .expire))
        let taken = Mutex(false)
        _ = try? await withCheckedThrowingContinuation { continuation in
            let ticket = Ticket(
                operation: operation, organisation: state.organisation.id,
                preparation: Preparation(operation, state: state, at: Timestamp(microseconds: 0)), deadline: deadline, queuedAt: .now, follower: nil,
                continuation: continuation)
            taken.withLock { $0 = queue.append(ticket) }
            // Answered at once; these tests look at the queue only.
            continuation.resume(returning: .nothing)
        }
        return taken.withLock { $0 }
    }

    private static func steps(_ tickets: [Ticket]?) -> [UInt64]? { tickets?.compactMap { $0.operation.reservation?.low } }

    @Test("first come, first served within an organisation; organisations in turn")
    func order() async {
        let queue = LaneQueue(capacity: 100)
        for step in 1...5 { #expect(await Self.put(Int64(step), of: 1, into: queue)) }
        for step in 6...7 { #expect(await Self.put(Int64(step), of: 2, into: queue)) }
        #expect(queue.depth == 7)
        #expect(Self.steps(queue.next(limit: 2)) == [1, 2])
        #expect(Self.steps(queue.next(limit: 2)) == [6, 7])
        #expect(await Self.put(8, of: 2, into: queue))
        #expect(Self.steps(queue.next(limit: 2)) == [3, 4])
        #expect(Self.steps(queue.next(limit: 2)) == [8])
        #expect(Self.steps(queue.next(limit: 2)) == [5])
        #expect(queue.depth == 0)
    }

    @Test("no more than its capacity, all organisations together")
    func capacity() async {
        let queue = LaneQueue(capacity: 3)
        for step in 1...3 { #expect(await Self.put(Int64(step), of: UInt64(step), into: queue)) }
        #expect(await !Self.put(4, into: queue))
        _ = queue.next(limit: 256)
        #expect(await Self.put(5, into: queue))
        #expect(await !Self.put(6, into: queue))
    }

    @Test("a closed queue takes nothing more, gives out what it has, and then ends")
    func close() async {
        let queue = LaneQueue(capacity: 3)
        #expect(await Self.put(1, into: queue))
        queue.close()
        #expect(await !Self.put(2, into: queue))
        #expect(Self.steps(queue.next(limit: 10)) == [1])
        #expect(queue.next(limit: 10) == nil)
        #expect(queue.next(limit: 10) == nil)
    }

    @Test("only what waited too long is taken out")
    func expired() async {
        let queue = LaneQueue(capacity: 10)
        let past = ContinuousClock.now - .seconds(1)
        #expect(await Self.put(1, of: 1, into: queue))
        #expect(await Self.put(2, of: 1, into: queue, deadline: past))
        #expect(await Self.put(3, of: 2, into: queue, deadline: past))
        #expect(await Self.put(4, of: 3, into: queue))
        #expect(Self.steps(queue.removeExpired(at: .now))?.sorted() == [2, 3])
        #expect(queue.depth == 2)
        #expect(Self.steps(queue.next(limit: 10)) == [1])
        #expect(Self.steps(queue.next(limit: 10)) == [4])
        #expect(queue.removeExpired(at: .now).isEmpty)
    }

    @Test("a lane that sleeps is woken by a ticket and by the end, and by nothing is it woken for ever")
    func wake() async {
        let queue = LaneQueue(capacity: 10_000)
        let received = Mutex<[UInt64]>([])
        let finished = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            while let batch = queue.next(limit: 7) { received.withLock { $0 += Self.steps(batch) ?? [] } }
            finished.signal()
        }
        for step in 1...2_000 { #expect(await Self.put(Int64(step), into: queue)) }
        queue.close()
        #expect(await Self.ended(finished))
        #expect(received.withLock { $0 } == Array(1...2_000))
    }

    private static func ended(_ semaphore: DispatchSemaphore) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: semaphore.wait(timeout: .now() + 30) == .success) }
        }
    }
}

@Suite("What a lane remembers")
struct LaneMemoryTests {
    @Test("the cap of recorded refusals begins anew each minute")
    func refusalCap() {
        var cap = RefusalCap()
        let minute = Timestamp(seconds: 1_800_000_000)
        var taken = (0..<RefusalCap.rowsPerAgentAndMinute).map { _ in cap.takesRow(organisation: .none, agent: "a", at: minute) }
        #expect(taken.allSatisfy { $0 })
        taken = [("a", 59), ("b", 59), ("a", 60)].map { cap.takesRow(organisation: .none, agent: $0, at: minute.adding(seconds: $1)) }
        #expect(taken == [false, true, true])
    }

    @Test("no more identities are kept than fit; those that were forgotten are read again")
    func identityCache() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            _ = try await ledger.hold("1")
            let id = try #require(try ledger.database.texts("SELECT id::text FROM balances").first.flatMap { Identifier($0) })
            let session = try ledger.database.service()
            defer { session.close() }
            var cache = IdentityCache()
            #expect(!cache.contains(id))
            let read = try cache.resolve([id], organisation: ledger.organisation.id, in: session)
            #expect(read[id]?.envelope == "total" && cache.contains(id))
            for first in stride(from: 0, to: IdentityCache.capacity + 5_000, by: 5_000) { cache.learn(Self.madeUp(first..<first + 5_000)) }
            #expect(!cache.contains(id))
            #expect(cache.contains(Self.madeUp(IdentityCache.capacity..<IdentityCache.capacity + 1)[0].id))
            let again = try cache.resolve([id], organisation: ledger.organisation.id, in: session)
            #expect(again[id]?.envelope == "total")
            cache.forget([id])
            #expect(!cache.contains(id))
        }
    }

    private static func madeUp(_ numbers: Range<Int>) -> [BalanceIdentity] {
        numbers.map {
            BalanceIdentity(id: Identifier(high: 7, low: UInt64($0)), envelope: "e", meter: .cost, rule: "", names: [], values: [], window: .forever)
        }
    }

    @Test("a balance that vanished, as after a transaction that was given up, is made again")
    func vanished() async throws {
        try await TestLedger.with(policy: SamplePolicy.total("10")) { ledger in
            #expect(try await ledger.reserve("11").name == "exhausted")
            try ledger.database.run("DELETE FROM balances")
            #expect(try await ledger.reserve("10").name == "admitted")
            #expect(try ledger.standing("total") == "held 10 spent 0")
        }
    }
}
