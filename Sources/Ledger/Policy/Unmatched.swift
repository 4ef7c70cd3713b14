/// What becomes of a call that no envelope matches.
public enum Unmatched: String, CaseIterable, Sendable {
    case admit, refuse
}
