/// Writes elements of SVG and HTML. All text and all attribute values are escaped here and nowhere else.
struct MarkupWriter {
    /// What the text of an element may have at most, so that nobody's label fills a page.
    static let maximumTextLength = 256

    private(set) var text = ""

    mutating func element(_ name: StaticString, _ attributes: [(StaticString, String)] = [], _ body: (inout MarkupWriter) -> Void) {
        open(name, attributes)
        text += ">"
        body(&self)
        text += "</\(name)>"
    }

    mutating func element(_ name: StaticString, _ attributes: [(StaticString, String)] = [], text content: String) {
        element(name, attributes) { $0.write(content) }
    }

    /// An element of SVG without children.
    mutating func shape(_ name: StaticString, _ attributes: [(StaticString, String)]) {
        open(name, attributes)
        text += "/>"
    }

    private mutating func open(_ name: StaticString, _ attributes: [(StaticString, String)]) {
        text += "<\(name)"
        for (name, value) in attributes {
            text += " \(name)=\""
            write(value, maximum: .max)
            text += "\""
        }
    }

    /// Control characters are not allowed in XML; those that turn the direction of text would reach beyond the label.
    mutating func write(_ content: String, maximum: Int = maximumTextLength) {
        var length = 0
        for scalar in content.unicodeScalars {
            length += 1
            guard length <= maximum else {
                text += "…"
                return
            }
            if let reference = MarkupReference.of(scalar) {
                text += reference
                continue
            }
            switch scalar {
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
                text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// A whole piece of markup that was written by a writer before.
    mutating func append(_ written: MarkupWriter) { text += written.text }
}
