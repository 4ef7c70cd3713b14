/// How wide and high a chart is drawn, in units of its viewBox. Text keeps its size in all, so that a phone gets a chart of its own
/// and not a shrunk one.
public enum ChartSize: String, CaseIterable, Sendable {
    case narrow, wide, full

    var width: Double {
        switch self {
        case .narrow: 340
        case .wide: 640
        case .full: 1_120
        }
    }

    var height: Double { self == .narrow ? 220 : 260 }
}

/// Where the values of a chart are drawn.
struct Plot {
    var left: Double
    var right: Double
    var top: Double
    var bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }
}

/// A coordinate with at most two decimals; what is no number is 0.
func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int64((min(max(value, -1e6), 1e6) * 100).rounded())
    let whole = abs(hundredths) / 100
    let part = abs(hundredths) % 100
    let sign = hundredths < 0 ? "-" : ""
    if part == 0 { return "\(sign)\(whole)" }
    return part % 10 == 0 ? "\(sign)\(whole).\(part / 10)" : "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
}

/// How wide text is, by estimate for common fonts: rather too wide than too narrow.
enum TextWidth {
    static let fontSize = 12.0

    static func of(_ text: String, size: Double = fontSize) -> Double {
        text.unicodeScalars.reduce(0) { $0 + share(of: $1) } * size
    }

    /// The text, cut with an ellipsis where it is wider than that.
    static func fitted(_ text: String, _ width: Double, size: Double = fontSize) -> String {
        guard of(text, size: size) > width else { return text }
        var cut = ""
        var used = share(of: "…") * size
        for character in text {
            used += of(String(character), size: size)
            guard used <= width else { break }
            cut.append(character)
        }
        return cut + "…"
    }

    private static func share(of scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "t", "f", "r", ".", ",", ":", ";", "'", "|", "!", " ", "(", ")", "/": 0.36
        case "m", "w", "M", "W", "@", "%": 0.92
        case "A"..."Z": 0.7
        case "\u{1100}"...: 1.05
        default: 0.6
        }
    }
}
