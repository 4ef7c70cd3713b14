/// A page of a list of the interface.
struct Listing<Element: Decodable & Sendable>: Decodable, Sendable {
    let data: [Element]
    /// The cursor of the next page.
    let next: String?
}
