/// Writes Prometheus' text format, version 0.0.4.
struct Exposition {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(32_768) }

    mutating func head(_ description: MetricDescription) {
        append("# HELP \(description.name) ")
        escape(description.help, quotes: false)
        append("\n# TYPE \(description.name) \(description.kind.rawValue)\n")
    }

    /// Name and labels of a sample; its value follows.
    mutating func sample(_ name: String, _ labels: [MetricLabel], _ values: [String], extra: (name: String, value: String)? = nil) {
        append(name)
        if !labels.isEmpty || extra != nil {
            bytes.append(UInt8(ascii: "{"))
            var separator = ""
            for (label, value) in zip(labels, values) {
                append("\(separator)\(label.name)=\"")
                escape(value, quotes: true)
                bytes.append(UInt8(ascii: "\""))
                separator = ","
            }
            if let extra { append("\(separator)\(extra.name)=\"\(extra.value)\"") }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }

    mutating func value(_ value: UInt64) { append("\(value)\n") }

    mutating func value(_ value: Double) { append(Self.number(value) + "\n") }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return "\(Int64(value))" }
        return "\(value)"
    }

    private mutating func append(_ text: String) { bytes += text.utf8 }

    private mutating func escape(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }
}
