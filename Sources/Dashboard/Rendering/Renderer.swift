internal import Ledger
internal import Mustache

/// Makes HTML of views.
public struct Renderer: Sendable {
    /// What a session adds to a page.
    public struct Session: Sendable {
        /// The token that every form must send.
        public let csrf: String
        /// What was just done.
        public let notice: String?

        public init(csrf: String, notice: String? = nil) {
            self.csrf = csrf
            self.notice = notice
        }
    }

    /// How often a page is loaded again that its reader watches, in seconds.
    static let refreshSeconds = 10
    private let templates: Templates

    /// - Throws: where a template cannot be read.
    public init() throws { templates = try Templates() }

    public func page(_ view: View, for visit: Visit, session: Session) throws -> String {
        let query = visit.query.all.filter { $0.name != "refresh" }.map { ($0.name, Optional($0.value)) }
        let here = visit.path + (query.isEmpty ? "" : "?" + Fields.query(query))
        let watches = visit.query["refresh"] != nil
        let other = watches ? here : visit.path + "?" + Fields.query(query + [("refresh", "on")])
        return try render(
            view.template,
            Frame(
                pageTitle: view.title, styles: Assets.stylesPath,
                person: Frame.Person(name: visit.visitor.name, role: visit.visitor.role.rawValue, organisation: visit.visitor.organisation),
                groups: Self.groups(for: visit.visitor, current: view.entry),
                crumbs: view.crumbs.map { Frame.Crumb(title: $0.title, path: $0.path) }, notice: session.notice,
                refresh: view.canRefresh ? Frame.Refresh(seconds: watches ? Self.refreshSeconds : nil, path: other) : nil,
                zoneName: visit.zone.name, csrf: session.csrf, here: here, content: view.content))
    }

    /// A page for somebody who is not signed in.
    public func outside(_ view: View) throws -> String {
        try render(
            view.template,
            Frame(
                pageTitle: view.title, styles: Assets.stylesPath, person: nil, groups: [], crumbs: [], notice: nil, refresh: nil,
                zoneName: "UTC", csrf: "", here: Site.root, content: view.content))
    }

    private func render(_ template: String, _ frame: Frame) throws -> String {
        guard let html = templates.library.render(frame, withTemplate: template) else { throw RenderingError(template: template) }
        return html
    }

    private static func groups(for visitor: Visitor, current: String) -> [Frame.Group] {
        Navigation.groups.compactMap { group in
            let entries = group.entries.filter { $0.isShown(to: visitor) }.map {
                Frame.Entry(title: $0.title, path: $0.path, isCurrent: $0.path == current)
            }
            return entries.isEmpty ? nil : Frame.Group(title: group.title, entries: entries)
        }
    }
}

/// There is no template of this name.
struct RenderingError: Error {
    let template: String
}
