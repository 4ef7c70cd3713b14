/// Names that Prometheus takes.
enum MetricName {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    static func metric(_ name: String) -> String { clean(name, allowsColon: true) }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`
    static func label(_ name: String) -> String { clean(name, allowsColon: false) }

    private static func clean(_ name: String, allowsColon: Bool) -> String {
        var bytes = name.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case UInt8(ascii: ":") where allowsColon: byte
            default: UInt8(ascii: "_")
            }
        }
        if let first = bytes.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            if first { bytes.insert(UInt8(ascii: "_"), at: 0) }
        } else {
            bytes = [UInt8(ascii: "_")]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
