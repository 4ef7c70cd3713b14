import Ledger
import Testing

@Suite("Who may decide what")
struct ApprovalDecisionTests {
    private static let now = Timestamp(seconds: 1_000)
    private static let asker = Identifier(high: 1, low: 1)
    private static let other = Identifier(high: 1, low: 2)

    private struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var verdict = ApprovalDecision.Verdict.approve(amount: 100, until: now.adding(seconds: 1))
        var key: Identifier? = other
        var userID: String?
        var limit: Int64?
        var granted: Int64 = 0
        var grantedUntil: Timestamp?
        var meter = Meter.cost
        var expiresAt = now.adding(seconds: 1)
        /// Nil: it may.
        let objection: String?

        init(_ description: String, _ objection: String?, _ change: (inout Case) -> Void = { _ in }) {
            testDescription = description
            self.objection = objection
            change(&self)
        }
    }

    private static let cases = [
        Case("another key", nil),
        Case("the key that asked", "own request") { $0.key = asker },
        Case("the user who asked", "own request") { $0.userID = "u-1" },
        Case("the user who asked, in capitals", "own request") { $0.userID = "U-1" },
        Case("another user", nil) { $0.userID = "u-2" },
        Case("the key that asked may reject", nil) { ($0.key, $0.verdict) = (asker, .reject) },
        Case("the user who asked may reject", nil) { ($0.userID, $0.verdict) = ("u-1", .reject) },
        Case("up to the limit", nil) { $0.limit = 100 },
        Case("one nano-unit above the limit", "above 99, 99 left") { $0.limit = 99 },
        Case("a limit of nothing", "above 0, 0 left") { $0.limit = 0 },
        Case("the rest of the limit", nil) { ($0.limit, $0.granted) = (150, 50) },
        Case("more than the rest of the limit", "above 149, 99 left") { ($0.limit, $0.granted) = (149, 50) },
        Case("a limit that was used up before it was lowered", "above 10, 0 left") { ($0.limit, $0.granted) = (10, 50) },
        Case("the limit is of money", nil) { ($0.limit, $0.meter) = (1, .tokens) },
        Case("above the limit may be rejected", nil) { ($0.limit, $0.verdict) = (1, .reject) },
        Case("the last moment", nil) { $0.expiresAt = Timestamp(microseconds: now.microseconds + 1) },
        Case("a question that has ended", "too late") { $0.expiresAt = now },
        Case("a question that has ended cannot be rejected", "too late") { ($0.expiresAt, $0.verdict) = (now, .reject) },
        Case("a question that has ended expires", nil) { ($0.expiresAt, $0.verdict, $0.key) = (now, .expire, nil) },
        Case("a grant that ends now", "end passed") { $0.verdict = .approve(amount: 100, until: now) },
        Case("nothing", "too large") { $0.verdict = .approve(amount: 0, until: now.adding(seconds: 1)) },
        Case("less than nothing", "too large") { $0.verdict = .approve(amount: -1, until: now.adding(seconds: 1)) },
        Case("the most", nil) { $0.verdict = .approve(amount: Adjustment.maximum, until: now.adding(seconds: 1)) },
        Case("more than the most", "too large") { $0.verdict = .approve(amount: Adjustment.maximum + 1, until: now.adding(seconds: 1)) },
        Case("as long as an earlier grant", nil) { $0.grantedUntil = now.adding(seconds: 1) },
        Case("less long than an earlier grant", "ends too soon") { $0.grantedUntil = Timestamp(microseconds: now.microseconds + 1_000_001) },
        Case("after an earlier grant has ended", nil) { $0.grantedUntil = now },
        Case("own request above the limit", "own request") { ($0.key, $0.limit) = (asker, 1) },
    ]

    @Test("one cause at a time", arguments: cases)
    private func check(_ one: Case) {
        let question = ApprovalQuestion(
            id: Identifier(high: 2, low: 1), scope: Identifier(high: 2, low: 2), envelope: "e", balance: Identifier(high: 2, low: 3),
            meter: one.meter, names: [], values: [], window: .forever, tags: Tags(["user_id": "u-1"]), key: Self.asker, requested: 1,
            expiresAt: one.expiresAt)
        let approver = one.key.map { key in
            ApprovalDecision.Approver(key: key, userIDs: one.userID.map { ["x", $0] } ?? [], limit: one.limit.map { Money(nanos: $0) })
        }
        let decision = ApprovalDecision(one.verdict, approver: approver, reason: "r", author: "a")
        var found: String?
        do throws(ApprovalDecision.Objection) {
            try decision.check(on: question, after: .init(amount: one.granted, until: one.grantedUntil), at: Self.now)
        } catch {
            found = Self.words(error)
        }
        #expect(found == one.objection)
    }

    private static func words(_ objection: ApprovalDecision.Objection) -> String {
        switch objection {
        case .ownRequest: "own request"
        case .aboveLimit(let limit, let left): "above \(limit.nanos), \(left.nanos) left"
        case .tooLate: "too late"
        case .endPassed: "end passed"
        case .endsTooSoon: "ends too soon"
        case .amountTooLarge: "too large"
        }
    }

    @Test("a call without a user is nobody's own by the user")
    func noUser() throws {
        let question = ApprovalQuestion(
            id: Identifier(high: 2, low: 1), scope: Identifier(high: 2, low: 2), envelope: "e", balance: Identifier(high: 2, low: 3),
            meter: .cost, names: [], values: [], window: .forever, tags: Tags(), key: Self.asker, requested: 1,
            expiresAt: Self.now.adding(seconds: 1))
        let approver = ApprovalDecision.Approver(key: Self.other, userIDs: ["u-1"], limit: nil)
        let verdict = ApprovalDecision.Verdict.approve(amount: 1, until: Self.now.adding(seconds: 1))
        try ApprovalDecision(verdict, approver: approver, reason: "r", author: "a").check(on: question, after: .init(), at: Self.now)
    }

    @Test("a question ends after a day, or with its window if that is sooner")
    func end() {
        let now = Timestamp(seconds: 1_000)
        func window(_ end: Int64) -> Window { Window(start: Timestamp(seconds: 0), end: Timestamp(seconds: end)) }
        #expect(ApprovalQuestion.end(of: .forever, asked: now) == Timestamp(seconds: 87_400))
        #expect(ApprovalQuestion.end(of: window(87_401), asked: now) == Timestamp(seconds: 87_400))
        #expect(ApprovalQuestion.end(of: window(87_399), asked: now) == Timestamp(seconds: 87_399))
    }
}
