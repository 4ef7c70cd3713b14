/// What stands around every page, for the template `layout`.
struct Frame: Sendable {
    struct Entry: Sendable {
        let title: String
        let path: String
        let isCurrent: Bool
    }

    struct Group: Sendable {
        let title: String
        let entries: [Entry]
    }

    struct Crumb: Sendable {
        let title: String
        let path: String
    }

    struct Person: Sendable {
        let name: String
        let role: String
        let organisation: String
    }

    struct Refresh: Sendable {
        /// Set where the page loads itself again.
        let seconds: Int?
        /// The page with it turned on, or off.
        let path: String
    }

    let pageTitle: String
    let styles: String
    /// Nil: nobody is signed in.
    let person: Person?
    let groups: [Group]
    let crumbs: [Crumb]
    let notice: String?
    let refresh: Refresh?
    let zoneName: String
    /// The token that every form sends.
    let csrf: String
    /// Where forms that keep the reader on his page send him back to.
    let here: String
    let content: any Sendable
}
