/// Remembers the series of label values, so that they need not be looked up by name each time. Bounded: beyond ``capacity`` it
/// starts anew, and loses no count by it.
struct SeriesCache<Key: Hashable & Sendable, Handles: Sendable>: Sendable {
    private static var capacity: Int { 4_096 }

    private var known: [Key: Handles] = [:]

    /// - Parameter empty: what a new key begins with.
    mutating func with<Result>(_ key: Key, _ empty: @autoclosure () -> Handles, _ body: (inout Handles) -> Result) -> Result {
        if known.count >= Self.capacity, known[key] == nil { known.removeAll(keepingCapacity: true) }
        return body(&known[key, default: empty()])
    }
}
