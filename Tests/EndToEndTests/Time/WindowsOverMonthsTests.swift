import Postgres
import Testing

extension EndToEnd {
    /// Windows open once and carry what they must, over months, moved clocks, pauses of the service, and two replicas.
    @Suite
    struct WindowsOverMonthsTests {
        private static let users = ["a", "b", "c"]
        private static let begin = "2027-02-24T12:00:00Z"
        private static let end = "2027-05-22T12:00:00Z"

        @Test
        func everyWindowOpensOnceAndCarriesWhatIsLeft() async throws {
            print("windows over months: PURSER_E2E_SEED=\(Options.seed)")
            var course = try await Course.start(Self.models(), policy: Self.policy(), at: try #require(Moment(Self.begin)), seed: Options.seed)
            let before = try await course.schedule("open-windows")
            let end = try #require(Moment(Self.end))
            // Whatever the dice say later, two weeks begin while nothing runs.
            try await course.spend(Self.users)
            try await course.pause(seconds: 16 * 86_400)
            while course.now < end {
                if course.random.percent(15) {
                    try await course.pause(seconds: Int64.random(in: 2...21, using: &course.random) * 86_400)
                } else {
                    try await course.advance()
                }
                try await course.spend(Self.users)
            }
            try await course.settleAll()
            try expectSame(course)
            let after = try await course.schedule("open-windows")
            let minutes = (try #require(Moment(after.nextAt)).microseconds - (try #require(Moment(before.nextAt))).microseconds) / 60_000_000
            #expect(after.failures == 0 && after.lastState == "ok")
            #expect(minutes == after.runs - before.runs + after.missed - before.missed, "each due minute ran or was missed")
            let verification = try await course.program.run("verify")
            #expect(verification.status == 0, "\(verification.output)")
            #expect(try LedgerTables.read(course.databaseURL).faults() == [])
            try await course.stop()
        }

        private func expectSame(_ course: Course) throws {
            let session = try Session.connect(ConnectionSettings(course.databaseURL))
            defer { session.close() }
            let rows = try session.execute(Self.balances)
            let found = Set(
                try (0..<rows.count).map { row in
                    let times = try (2...3).map { "\(Moment(microseconds: try rows.timestamp(row, $0)))" }
                    let numbers = try (4...7).map { "\(try rows.int8(row, $0))" }
                    return ([try rows.text(row, 0), try rows.text(row, 1)] + times + numbers).joined(separator: " ")
                })
            let expected = course.models.reduce(into: Set<String>()) { $0.formUnion($1.rows) }
            #expect(found.subtracting(expected).sorted() == [], "not expected")
            #expect(expected.subtracting(found).sorted() == [], "not found")
            #expect(expected.count > 120)

            let opened = try session.execute(Self.openings)
            var openings: [String: [EnvelopeModel.Opening]] = [:]
            for row in 0..<opened.count {
                openings[try opened.text(row, 0), default: []].append(.init(start: try opened.text(row, 1), missed: try opened.int8(row, 2)))
            }
            for model in course.models { #expect(openings[model.name] == model.openings, "\(model.name)") }
            #expect(course.models.flatMap(\.openings).contains { $0.missed > 0 })

            let alerted = try session.execute(Self.alerts)
            let alerts = try (0..<alerted.count).map { "\(try alerted.text($0, 0)) \(try alerted.text($0, 1)) \(try alerted.text($0, 2))" }
            #expect(alerts == course.models.flatMap(\.alerts).sorted())
            #expect(!alerts.isEmpty)
        }

        private static let balances = Statement(
            "months_balances",
            """
            SELECT b.envelope, b."values"[1], b.window_start, b.window_end,
                   CASE WHEN b.version = 0 THEN 25000000000 ELSE b.limit_amount END, b.held, b.spent, b.adjusted
            FROM balances b
            """)
        private static let openings = Statement(
            "months_openings",
            """
            SELECT v.envelope, v.data -> 'window' ->> 'start', (v.data ->> 'missed')::bigint FROM events v
            WHERE v.kind = 'window.opened' ORDER BY v.made_at
            """)
        private static let alerts = Statement(
            "months_alerts",
            """
            SELECT v.envelope, v.data -> 'key' ->> 'user_id', v.data -> 'window' ->> 'start' FROM events v WHERE v.kind = 'alert'
            ORDER BY concat_ws(' ', v.envelope, v.data -> 'key' ->> 'user_id', v.data -> 'window' ->> 'start') COLLATE "C"
            """)

        private static func models() -> [EnvelopeModel] {
            CivilZone.all.enumerated().flatMap { number, zone in
                [
                    EnvelopeModel("week-\(number)", zone: zone, starts: zone.weeks, cap: 10_000_000_000),
                    EnvelopeModel("month-\(number)", zone: zone, starts: zone.months, cap: nil),
                ]
            }
        }

        private static func policy() -> String {
            "envelopes:\n"
                + models().map { model in
                    let window =
                        model.cap == nil
                        ? "{ every: month, time_zone: \(model.zone.name) }"
                        : "{ every: week, starts: monday, at: \"09:00\", time_zone: \(model.zone.name) }"
                    return """
                          - name: \(model.name)
                            match: { project: \(model.name) }
                            per: [user_id]
                            meter: cost
                            limit: "25"
                            window: \(window)
                            plan: [ { at: 80, do: alert }, { at: 100, do: refuse } ]
                        \(model.cap == nil ? "" : "    rollover: { up_to: \"10\" }\n")
                        """
                }.joined(separator: "\n")
        }
    }
}
