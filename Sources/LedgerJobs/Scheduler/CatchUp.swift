/// What becomes of due times that passed while nothing ran.
public enum CatchUp: Sendable {
    /// One run for the latest of them; the others count as missed.
    case latest
    /// A run for each, the oldest first.
    case all
}
