internal import Charts
internal import Mustache

/// Escapes text for elements and for attributes in quotes.
///
/// It looks at scalars, not at characters: `"` with a combining accent behind it is one character, and would end an attribute
/// all the same.
struct HTMLText: MustacheContentType {
    func escapeText(_ text: String) -> String { Self.escaped(text) }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if let reference = MarkupReference.of(scalar) {
                escaped += reference
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
