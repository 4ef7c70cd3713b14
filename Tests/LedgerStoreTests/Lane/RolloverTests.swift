import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Credit is carried into the next window")
struct RolloverTests {
    private static func daily(_ limit: String, upTo: String, expires: String = "") -> String {
        """
        envelopes:
          - { name: daily, per: [user_id], meter: cost, limit: "\(limit)", window: { every: day }, rollover: { up_to: "\(upTo)"\(expires) } }
        """
    }

    private static let user = ["user_id": "u"]
    private static let day: Int64 = 86_400

    /// Limit and carried amount of each window, oldest first.
    private static func windows(_ ledger: TestLedger) throws -> [String] {
        try ledger.database.texts(
            "SELECT limit_amount / 1000000000 || ' ' || adjusted / 1000000000 FROM balances WHERE envelope = 'daily' ORDER BY window_start")
    }

    @Test("what is left goes over, at most up_to; what is held or spent does not; a first window carries nothing")
    func carry() async throws {
        try await TestLedger.with(policy: Self.daily("25", upTo: "10")) { (ledger) async throws in
            _ = try await ledger.commit(try await ledger.hold("18", Self.user), "18")
            _ = try await ledger.hold("3", Self.user, ttlSeconds: 3_600)
            try await ledger.advance(seconds: Self.day)
            #expect(try await ledger.reserve("29.000000001", Self.user).name == "exhausted")
            _ = try await ledger.hold("29", Self.user)
            #expect(try Self.windows(ledger) == ["25 0", "29 4"])
            try await ledger.advance(seconds: Self.day)
            _ = try await ledger.hold("1", Self.user)
            try await ledger.advance(seconds: Self.day)
            _ = try await ledger.hold("1", Self.user)
            #expect(try Self.windows(ledger) == ["25 0", "29 4", "25 0", "35 10"])
        }
    }

    @Test("windows that nobody touched chain as unspent, with a row each and a fact for what they carry")
    func skipped() async throws {
        try await TestLedger.with(policy: Self.daily("2", upTo: "5")) { (ledger) async throws in
            _ = try await ledger.commit(try await ledger.hold("2", Self.user), "2")
            try await ledger.advance(seconds: 4 * Self.day)
            _ = try await ledger.hold("7", Self.user)
            #expect(try Self.windows(ledger) == ["2 0", "2 0", "4 2", "6 4", "7 5"])
            #expect(try ledger.number("SELECT count(*) FROM adjustments WHERE kind = 'carry'") == 3, "nothing is left of the first")
        }
    }

    @Test("a late commit on the old window does not revise what was carried")
    func neverRevised() async throws {
        try await TestLedger.with(policy: Self.daily("10", upTo: "10")) { (ledger) async throws in
            let id = try await ledger.hold("4", Self.user, ttlSeconds: 3_600)
            try await ledger.advance(seconds: Self.day)
            _ = try await ledger.hold("1", Self.user)
            _ = try await ledger.commit(id, "9")
            #expect(try Self.windows(ledger) == ["10 0", "16 6"])
        }
    }

    @Test("two replicas open a window once, whoever is first", .timeLimit(.minutes(10)))
    func once() async throws {
        try await TestLedger.with(policy: Self.daily("25", upTo: "10")) { (first) async throws in
            for user in 0..<40 { _ = try await first.hold("1", ["user_id": "u\(user)"]) }
            try await RunningStore.with(first.database, log: first.log) { store in
                let second = first.through(store)
                for _ in 0..<3 {
                    try await first.advance(seconds: Self.day)
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for user in 0..<40 {
                            for ledger in [first, second] { tasks.addTask { _ = try await ledger.hold("1", ["user_id": "u\(user)"]) } }
                        }
                        try await tasks.waitForAll()
                    }
                }
                #expect(try first.number("SELECT count(*) FROM balances WHERE envelope = 'daily'") == 160)
                #expect(try first.number("SELECT count(*) FROM adjustments WHERE kind = 'carry' AND amount = 10000000000") == 120)
            }
        }
    }

    @Test("carried credit that expires is taken back by the first batch after it, and is not carried on")
    func expires() async throws {
        try await TestLedger.with(policy: Self.daily("10", upTo: "10", expires: ", expires_in: 2h")) { (ledger) async throws in
            _ = try await ledger.hold("1", Self.user)
            try await ledger.advance(seconds: Self.day - 36_000)
            #expect(try Self.windows(ledger) == ["10 0"])
            _ = try await ledger.hold("1", Self.user)
            let start = try ledger.number("SELECT extract(epoch FROM max(window_start))::bigint FROM balances")
            #expect(try Self.windows(ledger).last == "19 9")
            try await ledger.advance(seconds: start + 7_200 - ledger.now.seconds)
            #expect(try await ledger.reserve("9.000000001", Self.user).name == "exhausted")
            _ = try await ledger.hold("9", Self.user)
            #expect(try Self.windows(ledger).last == "10 0")
            try await ledger.advance(seconds: 3 * Self.day - 60)
            _ = try await ledger.hold("1", Self.user)
            #expect(try Self.windows(ledger) == ["10 0", "10 0", "10 0", "10 0", "20 10"])
        }
    }

    @Test("rollover that is added to a live envelope carries what its window has left")
    func addedLater() async throws {
        let without = """
            envelopes:
              - { name: daily, per: [user_id], meter: cost, limit: "10", window: { every: day } }
            """
        try await TestLedger.with(policy: without) { (ledger) async throws in
            _ = try await ledger.hold("4", Self.user)
            try await ledger.apply(Self.daily("10", upTo: "3"))
            _ = try await ledger.hold("1", Self.user)
            try await ledger.advance(seconds: Self.day)
            _ = try await ledger.hold("13", Self.user)
            #expect(try Self.windows(ledger) == ["10 0", "13 3"])
        }
    }
}
