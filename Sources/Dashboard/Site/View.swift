/// What a page shows: a template with the values that it names.
public struct View: Sendable {
    /// A step on the way from the top to a page.
    public struct Crumb: Sendable {
        let title: String
        let path: String

        public init(_ title: String, _ path: String) {
            self.title = title
            self.path = path
        }
    }

    let title: String
    /// The entry of the navigation that the page belongs to, by its path.
    let entry: String
    let crumbs: [Crumb]
    let template: String
    let content: any Sendable
    /// What the page is worth to be loaded again after, if the reader asks for it.
    let canRefresh: Bool

    /// - Parameters:
    ///   - title: of the page, without the service's name.
    ///   - entry: the path of the navigation's entry that is marked as current.
    ///   - crumbs: the pages above this one.
    ///   - template: a name without `.mustache`.
    ///   - content: a value whose stored properties the template names. Its strings are escaped; an optional that is nil is absent. A
    ///     name that is absent is looked for in the values around it, unless it begins with a point.
    ///   - canRefresh: whether a link offers to load it again and again.
    public init(
        _ title: String, entry: String, crumbs: [Crumb] = [], template: String, content: some Sendable, canRefresh: Bool = false
    ) {
        self.title = title
        self.entry = entry
        self.crumbs = crumbs
        self.template = template
        self.content = content
        self.canRefresh = canRefresh
    }
}

/// What becomes of a form that was sent.
public enum Reply: Sendable {
    /// It was done: to a page of the dashboard, which shows the notice.
    case go(String, notice: String)
    /// It was not: the page again with what was typed, and with this status.
    case show(View, status: Int)
}
