internal import Ledger
internal import LedgerStore

/// An event in words, for people.
enum NoticeText {
    /// One line: what happened to what.
    static func headline(_ notice: Notice) -> String {
        let place = notice.entry.envelope.isEmpty ? notice.organisation : notice.entry.envelope
        switch notice.kind {
        case .alert: return notice.step.map { "\(place) reached \($0) % of its limit" } ?? "\(place): a large call"
        case .alertCleared: return "\(place): the alert is over"
        case .routeDowngraded: return "\(place): calls go to \(notice.tier.map { "the tier \($0)" } ?? "a cheaper model")"
        case .routeRestored: return "\(place): calls go to their own model again"
        case .approvalRequested: return "\(place): an approval is asked for"
        case .approvalReminded: return "\(place): an approval still waits"
        case .approvalApproved: return "\(place): approved"
        case .approvalRejected: return "\(place): rejected"
        case .approvalExpired: return "\(place): an approval expired unanswered"
        case .grantExpired: return "\(place): a grant expired"
        case .suspensionOpened: return "Suspended: \(notice.subject ?? place)"
        case .suspensionLifted: return "No longer suspended: \(notice.subject ?? place)"
        case .breakerTripped: return "Breaker tripped: \(notice.subject ?? place)"
        case .anomalyDetected: return "Unusual spending: \(notice.subject ?? place)"
        case .anomalyClosed: return "Closed: unusual spending of \(notice.subject ?? place)"
        case .envelopeFrozen: return "\(place) was frozen"
        case .envelopeUnfrozen: return "\(place) was unfrozen"
        case .creditCarried: return "\(place): credit was carried over"
        case .adjustmentExpired: return "\(place): an adjustment expired"
        case .balanceAdjusted: return "\(place): a limit was adjusted"
        case .windowOpened: return "\(place): a new window began"
        case .reviewReady: return "\(place): the review of the week"
        case .trialStarted: return "\(notice.subject ?? place) tries \(notice.tier.map { "the tier \($0)" } ?? "a cheaper route")"
        case .trialKept: return "\(notice.subject ?? place) keeps \(notice.tier.map { "the tier \($0)" } ?? "its cheaper route")"
        case .trialRolledBack: return "\(notice.subject ?? place): the trial of a cheaper route was rolled back"
        case .trialEnded: return "\(notice.subject ?? place): the trial of a cheaper route was ended"
        case .webhookDisabled: return "A webhook was disabled"
        case .ledgerInconsistent: return "The ledger of \(place) contradicts itself"
        case nil: return "Test message from Purser"
        }
    }

    /// `agent_id=triage-7: 82 % of 50 EUR used`; nil where no balance is concerned.
    static func state(_ notice: Notice) -> String? {
        guard let limit = notice.limit else { return nil }
        let used = notice.usedPercent.map { "\($0) % of \(notice.amount(limit)) used" } ?? "limit \(notice.amount(limit))"
        return notice.keyText.map { "\($0): \(used)" } ?? used
    }

    /// `run_id=r1, agent_id=triage-7, user_id=ann`: who made the call that an event is about; nil where it is about none.
    static func caller(_ notice: Notice) -> String? {
        let names = ["run_id", "agent_id", "user_id", "workflow_name"]
        let told = names.compactMap { name in notice.tags.first { $0.name == name }.map { "\($0.name)=\($0.value)" } }
        return told.isEmpty ? nil : told.joined(separator: ", ")
    }

    /// `#12 gpt-5 · 0.0021 EUR · 1830 tokens · 812 ms · ok · state c0ffee`
    static func step(_ step: RunStep, currency: String) -> String {
        let settled = step.late ?? step.end
        let cost = Int64(clamping: Int128(step.end?.charged.cost ?? 0) + Int128(step.late?.charged.cost ?? 0))
        let tokens = Int64(clamping: Int128(step.end?.charged.tokens ?? 0) + Int128(step.late?.charged.tokens ?? 0))
        var parts = ["#\(step.number) \(cut(step.tool ?? settled?.model ?? step.model ?? step.requestedModel ?? "call", to: 80))"]
        if let problem = step.problem {
            parts.append("refused: \(problem)")
        } else {
            parts += ["\(Money(nanos: cost)) \(currency)", "\(tokens) tokens"]
            if let latency = settled?.latencyMilliseconds { parts.append("\(latency) ms") }
            parts.append(settled?.status ?? step.state)
        }
        if let state = settled?.stateHash ?? step.stateHash { parts.append("state \(cut(state, to: 40))") }
        return parts.joined(separator: " · ")
    }

    /// At most so many characters, with an ellipsis where something was cut off.
    static func cut(_ text: String, to length: Int) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > length else { return text }
        return String(String.UnicodeScalarView(scalars.prefix(length - 1))) + "…"
    }
}
