internal import WebText

/// The state of something as a badge, for the template `badge`: a word, and how it is meant.
struct StateText: Sendable {
    let word: String
    /// A class of the style sheet; empty: neither good nor bad.
    let tone: String

    init(_ word: String, _ tone: String = "") {
        self.word = word
        self.tone = tone
    }
}

/// One of several views of a list, for the template `tabs`.
struct Tab: Sendable {
    let tabTitle: String
    let path: String
    let isChosen: Bool

    /// - Parameters:
    ///   - all: values of the field with their titles; nil: without the field.
    static func list(_ base: String, _ field: String, _ all: [(String?, String)], chosen: String?) -> [Tab] {
        all.map { value, title in
            Tab(tabTitle: title, path: value.map { "\(base)?\(field)=\(URLText.escaped($0))" } ?? base, isChosen: value == chosen)
        }
    }
}
