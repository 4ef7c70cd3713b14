/// What stands between a run and an envelope whose plan asks a person.
public enum Gate: Sendable {
    /// Somebody was asked and has not answered.
    case pending(Identifier)
    /// Somebody said no, which holds until the window ends.
    case rejected(Identifier)
}
