/// The labels of a call, sorted by name, each name once.
public struct Tags: Hashable, Sendable {
    public struct Tag: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The most labels that a call may carry.
    public static let maximumCount = 64
    /// The longest value, in Unicode scalars.
    public static let maximumValueLength = 256

    public private(set) var entries: [Tag]

    public init() { entries = [] }

    /// Takes labels in any order; of two with one name the later wins.
    public init(_ tags: some Sequence<Tag>) {
        entries = []
        for tag in tags { self[tag.name] = tag.value }
    }

    public subscript(name: String) -> String? {
        get {
            for entry in entries where entry.name == name { return entry.value }
            return nil
        }
        set {
            let position = entries.firstIndex { $0.name >= name } ?? entries.endIndex
            let exists = position < entries.endIndex && entries[position].name == name
            switch (newValue, exists) {
            case (let value?, true): entries[position] = Tag(name: name, value: value)
            case (let value?, false): entries.insert(Tag(name: name, value: value), at: position)
            case (nil, true): entries.remove(at: position)
            case (nil, false): break
            }
        }
    }

    public var isEmpty: Bool { entries.isEmpty }

    /// Whether every label of `other` is here with the same value.
    public func contains(_ other: Tags) -> Bool {
        other.entries.allSatisfy { self[$0.name] == $0.value }
    }

    /// `^[a-z][a-z0-9_]{0,62}$`
    public static func isValid(name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first), bytes.count <= 63 else { return false }
        return bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_")
        }
    }
}
