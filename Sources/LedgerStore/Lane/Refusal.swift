public import Ledger

/// Why an operation was not done. Nothing was booked.
public enum Refusal: Error, Sendable {
    /// The key is not, or no longer, one of the organisation's.
    case unauthorized
    /// The key is bound to another value of this tag.
    case tagBound(name: String)
    /// Tags that the policy asks for are missing, or have values that it does not allow.
    case tags([TagFault])
    case unknownModel(String)
    /// The commit of a model call says neither what was used nor what it cost.
    case usageMissing
    /// The price of so many tokens is more than an amount can hold.
    case amountTooLarge
    /// The policy speaks against the call.
    case objected(Objections)
    /// The key of a balance must have just these tags.
    case balanceKey([String])
    /// An adjustment's end must lie ahead.
    case expiryPassed
    /// A person may not decide so.
    case decision(ApprovalDecision.Objection)
    /// The question ended before.
    case alreadyDecided(DecidedApproval)
    case idempotencyMismatch
    case notFound
    /// The hold ended in another way before.
    case alreadySettled(Ending)
    /// The hold would live longer than a hold may.
    case tooLong(latest: Timestamp)
}
