/// What stands in markup for those scalars that mean something there, in elements and in attributes in quotes.
public enum MarkupReference {
    /// Nil for a scalar that stands for itself.
    public static func of(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        case "'": "&#39;"
        default: nil
        }
    }
}
