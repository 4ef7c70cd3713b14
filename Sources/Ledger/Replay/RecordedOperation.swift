/// One thing that a batch decided, as its fact tells.
public enum RecordedOperation: Sendable {
    case call(RecordedCall)
    case end(RecordedEnd)
    case charge(RecordedCharge)
    case adjustment(RecordedAdjustment)
    case rejection(RecordedRejection)
    case lift(RecordedLift)
    case trial(RecordedTrial)

    /// When its batch decided.
    public var at: Timestamp {
        switch self {
        case .call(let call): call.at
        case .end(let end): end.at
        case .charge(let charge): charge.at
        case .adjustment(let adjustment): adjustment.at
        case .rejection(let rejection): rejection.at
        case .lift(let lift): lift.at
        case .trial(let trial): trial.at
        }
    }
}
