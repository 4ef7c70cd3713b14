public import Ledger

/// Why an operation was not done. Nothing was booked.
public enum Refusal: Error, Sendable {
    /// The key is not, or no longer, one of the organisation's.
    case unauthorized
    /// The key is bound to another value of this tag.
    case tagBound(name: String)
    case tagsMissing([String])
    case unknownModel(String)
    /// The commit of a model call says neither what was used nor what it cost.
    case usageMissing
    /// The price of so many tokens is more than an amount can hold.
    case amountTooLarge
    case exhausted([Violation])
    case idempotencyMismatch
    case notFound
    /// The hold ended in another way before.
    case alreadySettled(Ending)
    /// The hold would live longer than a hold may.
    case tooLong(latest: Timestamp)
}
