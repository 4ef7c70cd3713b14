import Foundation
import Postgres
import Testing

@Suite("A thread executor runs its actor on one thread")
struct ThreadExecutorTests {
    private actor Counter {
        private let executor: ThreadExecutor
        private var count = 0
        private var threads: Set<ObjectIdentifier> = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        init(_ executor: ThreadExecutor) { self.executor = executor }

        func add() {
            count += 1
            threads.insert(ObjectIdentifier(Thread.current))
        }

        var result: (count: Int, threads: Int, name: String?) { (count, threads.count, Thread.current.name) }
    }

    @Test("all jobs, on one thread of the given name")
    func oneThread() async {
        let counter = Counter(ThreadExecutor(name: "counting"))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { await counter.add() } }
        }
        let result = await counter.result
        #expect(result.count == 1000)
        #expect(result.threads == 1)
        #expect(result.name == "counting")
    }

    @Test("its thread ends when nobody needs it")
    func release() async throws {
        weak var released: ThreadExecutor?
        do {
            let executor = ThreadExecutor(name: "short")
            released = executor
            await Counter(executor).add()
        }
        #expect(try await eventually { released == nil })
    }
}
