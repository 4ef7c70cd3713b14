/// Text out of a log that is shown to people, or kept, as it is: names that mean nothing here, and what is wrong with a line.
public enum LogText {
    /// The longest name of a column or member, in Unicode scalars.
    public static let maximumNameLength = 256

    /// `text` without control characters, which no database keeps, and without what is behind `limit` scalars.
    ///
    /// - Parameter limit: Unicode scalars, not characters, of which one may be as long as it likes.
    public static func shown(_ text: String, limit: Int = maximumNameLength) -> String {
        // A scalar has a byte at least.
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: text.unicodeScalars.prefix(limit).lazy.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        return String(shown)
    }
}
