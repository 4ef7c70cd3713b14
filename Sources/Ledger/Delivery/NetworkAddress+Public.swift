/// Which addresses are somebody's on the public internet, by the special-purpose registries of IANA (RFC 6890).
extension NetworkAddress {
    /// Whether a server may send there on behalf of a tenant: not to itself, its network, or nobody.
    public var isPublic: Bool {
        switch self {
        case .v4(let value): Self.reserved4.allSatisfy { !$0.contains(value) }
        case .v6(let high, let low): Self.isPublic(high, low)
        }
    }

    private struct Block4 {
        let start: UInt32
        let length: UInt32

        init(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ length: UInt32) {
            start = a << 24 | b << 16 | c << 8
            self.length = length
        }

        func contains(_ value: UInt32) -> Bool { (value ^ start) >> (32 - length) == 0 }
    }

    private static let reserved4 = [
        Block4(0, 0, 0, 8),  // this network, and the unspecified address
        Block4(10, 0, 0, 8),  // private
        Block4(100, 64, 0, 10),  // shared by a carrier's customers
        Block4(127, 0, 0, 8),  // loopback
        Block4(169, 254, 0, 16),  // link-local, and the metadata services of clouds
        Block4(172, 16, 0, 12),  // private
        Block4(192, 0, 0, 24),  // protocol assignments
        Block4(192, 0, 2, 24),  // documentation
        Block4(192, 31, 196, 24),  // AS112
        Block4(192, 52, 193, 24),  // AMT
        Block4(192, 88, 99, 24),  // 6to4 relays
        Block4(192, 168, 0, 16),  // private
        Block4(192, 175, 48, 24),  // AS112
        Block4(198, 18, 0, 15),  // benchmarks
        Block4(198, 51, 100, 24),  // documentation
        Block4(203, 0, 113, 24),  // documentation
        Block4(224, 0, 0, 4),  // multicast
        Block4(240, 0, 0, 4),  // reserved, and broadcast
    ]

    private static func isPublic(_ high: UInt64, _ low: UInt64) -> Bool {
        func begins(_ prefix: UInt64, _ length: UInt64) -> Bool { (high ^ prefix) >> (64 - length) == 0 }
        // An IPv4 address in IPv6 clothes is judged by what it is.
        if begins(0x0064_FF9B << 32, 64), low >> 32 == 0 { return v4(UInt32(truncatingIfNeeded: low)).isPublic }
        if begins(0x2002 << 48, 16) { return v4(UInt32(truncatingIfNeeded: high >> 16)).isPublic }
        // Of what is left only the block 2000::/3 is given out; loopback, mapped, local, unique local, multicast lie outside.
        guard begins(0x2000 << 48, 3) else { return mapped(high, low)?.isPublic ?? false }
        let reserved =
            begins(0x2001 << 48, 23)  // protocol assignments: Teredo, ORCHID, benchmarks
            || begins(0x2001_0DB8 << 32, 32)  // documentation
            || begins(0x3FFF << 48, 20)  // documentation
            || begins(0x2620_004F_8000 << 16, 48)  // AS112
        return !reserved
    }

    /// `::ffff:a.b.c.d`; the older `::a.b.c.d` is nobody's.
    private static func mapped(_ high: UInt64, _ low: UInt64) -> NetworkAddress? {
        high == 0 && low >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: low)) : nil
    }
}
