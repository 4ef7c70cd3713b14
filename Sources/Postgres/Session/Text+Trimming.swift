extension String {
    /// libpq ends its messages with a line break.
    var trimmingTrailingNewlines: String {
        var text = self[...]
        while let last = text.last, last.isNewline || last == " " { text.removeLast() }
        return String(text)
    }
}
