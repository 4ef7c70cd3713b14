internal import HTTPTypes
internal import Ledger
internal import LedgerStore

/// Why a person's answer is not taken.
extension Problem {
    static func decision(_ objection: ApprovalDecision.Objection) -> Problem {
        switch objection {
        case .ownRequest: forbidden("The key, or the user that it is bound to, asked for this; somebody else must approve it.")
        case .aboveLimit(let limit, let left):
            forbidden("The key approves up to \(limit) for a run, \(left) more here; grant less, or have somebody with a higher limit approve it.")
        case .tooLate: conflict("The question has ended; a new one is asked with the run's next call.")
        case .endPassed: invalid("/expires_in_seconds", "the grant would end before it begins; let it last longer")
        case .endsTooSoon(let earlier):
            invalid("/expires_in_seconds", "an earlier grant of this run lasts until \(earlier); let this one last as long")
        case .amountTooLarge: invalid("/amount", "the amount is larger than a grant can be")
        }
    }

    static func alreadyDecided(_ decided: DecidedApproval) -> Problem {
        Problem(
            .conflict, "already-decided", "Already decided",
            "The approval was \(decided.state.rawValue) by \(decided.author) at \(decided.at); nothing was changed."
        ).with(.text("state", decided.state.rawValue)).with(.text("decided_by", decided.author)).with(.text("decided_at", decided.at.description))
    }
}
