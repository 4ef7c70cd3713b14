internal import Mustache

/// The templates, read once.
struct Templates: Sendable {
    private static let contentType = "PAGE"

    let library: MustacheLibrary

    /// - Throws: where one of them is not a template; a test reads them all.
    init() throws {
        MustacheContentTypes.register(HTMLText(), named: Self.contentType)
        var library = MustacheLibrary()
        for (name, body) in Assets.templates {
            // Each begins with its content type, since a partial forgets that of its parent.
            let text = "{{% CONTENT_TYPE:\(Self.contentType)}}\n" + body
            try library.register(text, named: name)
        }
        self.library = library
    }
}
