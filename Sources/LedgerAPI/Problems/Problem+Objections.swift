internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// What a caller is told whose call the policy, a person or a circuit breaker stops.
extension Problem {
    static func objected(_ objections: Objections, now: Timestamp) -> Problem {
        var problem: Problem
        switch objections.kind {
        case .toolNotAllowed: problem = ruled(objections, "tool-not-allowed", "Tool not allowed")
        case .modelNotAllowed: problem = ruled(objections, "model-not-allowed", "Model not allowed")
        case .suspended: problem = suspended(objections)
        case .frozen: problem = frozen(objections)
        case .exhausted, .rateLimited: problem = exhausted(objections.violations.filter { $0.action == .refuse }, now: now)
        case .approvalRequired: problem = approvalRequired(objections)
        case .unmatched, nil:
            problem = Problem(
                .forbidden, "forbidden", "Not allowed with this key",
                "No envelope matches: the policy refuses calls that no envelope matches; check the tags, or have an envelope added."
            ).with(.text("rule", "unmatched"))
        }
        return objections.violations.isEmpty ? problem : problem.with(.violations(objections.violations))
    }

    private static func ruled(_ objections: Objections, _ name: String, _ title: String) -> Problem {
        if let rule = objections.rules.first {
            return Problem(.forbidden, name, title, "The rule '\(rule.name)' does not allow this call; use what it allows, or have it changed.")
                .with(.text("rule", rule.name))
        }
        let tier = objections.unreachableTier ?? ""
        return Problem(
            .forbidden, name, title,
            "The budget asks for a model of the tier '\(tier)', and the route of this model has none; ask for a model of that tier."
        ).with(.text("rule", "route"))
    }

    private static func suspended(_ objections: Objections) -> Problem {
        guard let first = objections.suspensions.first else { return .internalError }
        return Problem(
            .forbidden, "suspended", "Suspended",
            "The \(first.subject.kind.rawValue) '\(first.subject.id)' is suspended since \(first.openedAt): \(first.reason). Have it lifted."
        ).with(.suspension(first))
    }

    /// The key itself is suspended, or bound to whom is.
    static func suspendedKey(_ suspension: Suspension) -> Problem {
        let subject = suspension.subject
        let whose = subject.kind == .key ? "This key" : "This key is bound to the \(subject.kind.rawValue) '\(subject.id)', which"
        return Problem(
            .forbidden, "suspended", "Suspended",
            "\(whose) is suspended since \(suspension.openedAt): \(suspension.reason). Have it lifted; until then it commits and releases "
                + "holds and reports usage, and nothing else."
        ).with(.suspension(suspension))
    }

    private static func frozen(_ objections: Objections) -> Problem {
        guard let first = objections.freezes.first else { return .internalError }
        return Problem(
            .forbidden, "envelope-frozen", "Envelope frozen",
            "'\(first.envelope)' was frozen by \(first.author) at \(first.since): \(first.reason). Have it unfrozen."
        ).with(.freeze(first))
    }

    private static func approvalRequired(_ objections: Objections) -> Problem {
        let asking = objections.violations.filter { $0.action == .requireApproval }
        let names = asking.map { "'\($0.identity.envelope)'" }.joined(separator: ", ")
        guard let approval = asking.lazy.compactMap(\.approval).first else {
            return Problem(
                .forbidden, "approval-required", "Approval required",
                "\(names) asks a person first, and people were asked too often this minute; send the call again in a minute."
            ).with(.retryAfter, "60")
        }
        let problem = Problem(
            .forbidden, "approval-required", "Approval required",
            "\(names) asks a person first; wait for the approval that Location names, then send the call again.")
        return problem.with(.location, "/v1/approvals/\(approval)").with(.text("approval_id", approval.description))
    }

    private static func exhausted(_ violations: [Violation], now: Timestamp) -> Problem {
        let names = violations.map { "'\($0.identity.envelope)'" }.joined(separator: ", ")
        let resets = violations.map(\.resetsAt)
        let latest = resets.compactMap { $0 }.max()
        let comesBack = resets.allSatisfy { $0 != nil }
        var problem: Problem
        if violations.allSatisfy(\.isRateLimit) {
            problem = Problem(
                .tooManyRequests, "rate-limited", "Rate limited", "The rate of \(names) is used up; try again after \(text(latest)).")
            problem.headers[.rateLimitPolicy] = violations.map { "\"\($0.identity.envelope)\";q=\($0.limit);w=60" }.joined(separator: ", ")
            problem.headers[.rateLimit] = violations.map { violation in
                let wait = violation.resetsAt.map { now.secondsRoundedUp(until: $0) } ?? 60
                let rest = max(0, violation.limit - violation.held - violation.spent)
                return "\"\(violation.identity.envelope)\";r=\(rest);t=\(wait)"
            }.joined(separator: ", ")
        } else {
            if let rejected = violations.first(where: \.isRejected) {
                problem = Problem(
                    .init(code: 402, reasonPhrase: "Payment Required"), "envelope-exhausted", "Envelope exhausted",
                    "A person rejected what this run asks of '\(rejected.identity.envelope)'; it stays refused until \(text(rejected.resetsAt)).")
                if let approval = rejected.approval { problem = problem.with(.text("approval_id", approval.description)) }
                if comesBack, let latest { problem.headers[.retryAfter] = String(now.secondsRoundedUp(until: latest)) }
                return problem
            }
            let next = comesBack ? "ask for less, or try again after \(text(latest))" : "ask for less, or have the limit raised"
            problem = Problem(
                .init(code: 402, reasonPhrase: "Payment Required"), "envelope-exhausted", "Envelope exhausted", "\(names) refused: \(next).")
        }
        if comesBack, let latest { problem.headers[.retryAfter] = String(now.secondsRoundedUp(until: latest)) }
        return problem
    }

    private static func text(_ time: Timestamp?) -> String { time?.description ?? "the window ends" }
}
