/// One thing that is wrong with a call's tags.
public enum TagFault: Hashable, Sendable {
    /// The call lacks a tag; where there are several names, one of them suffices.
    case missing(anyOf: [String])
    /// The tag has a value that is neither one of these nor matched by a pattern among them.
    case value(name: String, allowed: [String])
}
