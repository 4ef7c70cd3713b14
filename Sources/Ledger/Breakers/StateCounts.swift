/// How many steps a subject made in each of the states that it was in last.
///
/// Counted state by state, so that an agent which goes back and forth between a few states is found as well as one that
/// stands still. The eight states that were met last are kept; whoever goes round in more is not found.
public struct StateCounts: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// Of the hash that the caller gave; see `StateCounts.hash`.
        public let state: UInt64
        public var count: Int64
        /// Whether the last of its steps told its state with its commit only, when it was made already.
        public var isToldAfter: Bool
    }

    public static let capacity = 8
    /// Bytes of one entry in `bytes`.
    private static let entrySize = 16

    /// Met last first.
    public private(set) var entries: [Entry] = []

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// The highest count.
    public var highest: Int64 { entries.lazy.map(\.count).max() ?? 0 }

    /// So many steps were in this state.
    public func count(of state: UInt64) -> Int64 { entries.first { $0.state == state }?.count ?? 0 }

    /// How many steps were made in the one state that there is; nil where there are others, or none.
    public var inOnlyState: Int64? { entries.count == 1 ? entries[0].count : nil }

    /// The highest count of a state that is told with commits: the next step in it cannot be known beforehand.
    public var highestToldAfter: Int64 { entries.lazy.filter(\.isToldAfter).map(\.count).max() ?? 0 }

    /// Counts one step.
    public mutating func add(_ state: UInt64, isToldAfter: Bool) {
        var entry = Entry(state: state, count: 0, isToldAfter: isToldAfter)
        if let position = entries.firstIndex(where: { $0.state == state }) { entry.count = entries.remove(at: position).count }
        entry.count = entry.count.addingClamped(1)
        entry.isToldAfter = isToldAfter
        if entries.count == Self.capacity { entries.removeLast() }
        entries.insert(entry, at: 0)
    }

    /// 64 bits of a caller's state hash: FNV-1a, its bits mixed once more. The same on every machine, for ever.
    public static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }

    // MARK: - As it is kept

    /// Per entry the state, then twice the count, one more where it is told after; 64 bits each, big-endian.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * Self.entrySize)
        for entry in entries {
            withUnsafeBytes(of: entry.state.bigEndian) { bytes.append(contentsOf: $0) }
            let packed = UInt64(entry.count) << 1 | (entry.isToldAfter ? 1 : 0)
            withUnsafeBytes(of: packed.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Nil where the bytes are not those of counts.
    public init?(bytes: [UInt8]) {
        guard bytes.count % Self.entrySize == 0, bytes.count / Self.entrySize <= Self.capacity else { return nil }
        for start in stride(from: 0, to: bytes.count, by: Self.entrySize) {
            let packed = Self.number(bytes[(start + 8)..<(start + 16)])
            entries.append(Entry(state: Self.number(bytes[start..<(start + 8)]), count: Int64(packed >> 1), isToldAfter: packed & 1 == 1))
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
