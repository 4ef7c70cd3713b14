/// Counts calls within a sliding time.
///
/// The time is cut in ten; the part that runs now and the ten before it are counted. So the window that is looked at is
/// between the time itself and 1.1 times it, and no call is forgotten too early.
public struct CallRing: Hashable, Sendable {
    static let parts: Int64 = 10
    private static let size = 11

    /// Of one part, in microseconds.
    private let width: Int64
    /// The number of the part that was counted in last, since 1970.
    public private(set) var newest: Int64
    /// By the number of a part, modulo `size`.
    private var counts: [UInt32]

    /// - Parameter withinSeconds: 1 or more.
    public init(withinSeconds: Int64) {
        width = max(1, withinSeconds) * 1_000_000 / Self.parts
        newest = 0
        counts = Array(repeating: 0, count: Self.size)
    }

    /// Calls in the window that ends at a moment. A moment before the last call counts as that call's.
    public func total(at now: Timestamp) -> Int64 {
        let age = max(0, number(at: now) - newest)
        guard age < Self.size else { return 0 }
        // Of the parts before `newest` the oldest `age` have left the window.
        return (0..<(Int64(Self.size) - age)).reduce(0) { $0 + Int64(counts[Int((newest - $1) % Int64(Self.size))]) }
    }

    public mutating func add(_ calls: Int64, at now: Timestamp) {
        let number = number(at: now)
        if number - newest >= Self.size {
            for index in counts.indices { counts[index] = 0 }
            newest = number
        }
        while newest < number {
            newest += 1
            counts[index(of: newest)] = 0
        }
        let (sum, overflow) = counts[index(of: newest)].addingReportingOverflow(UInt32(clamping: calls))
        counts[index(of: newest)] = overflow ? .max : sum
    }

    /// Takes back calls that were counted at a moment; those that have left the window are gone already.
    public mutating func remove(_ calls: Int64, countedAt time: Timestamp) {
        let number = number(at: time)
        guard number <= newest, newest - number < Self.size else { return }
        counts[index(of: number)] -= min(UInt32(clamping: calls), counts[index(of: number)])
    }

    private func index(of number: Int64) -> Int { Int(number % Int64(Self.size)) }

    private func number(at time: Timestamp) -> Int64 { max(0, time.microseconds) / width }

    // MARK: - As it is kept

    /// Eleven counts of 32 bits each, big-endian, in the order in which `newest` finds them.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size * 4)
        for count in counts { withUnsafeBytes(of: count.bigEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// Nil where the bytes are not those of a ring.
    public init?(withinSeconds: Int64, newest: Int64, bytes: [UInt8]) {
        self.init(withinSeconds: withinSeconds)
        guard newest >= 0, bytes.count == Self.size * 4 else { return nil }
        self.newest = newest
        for index in counts.indices {
            counts[index] = bytes[(index * 4)..<(index * 4 + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}
