internal import Foundation

/// An axis of values with ticks at round numbers: steps of 1, 2 or 5 times a power of ten. Zero is always on it.
struct ValueAxis {
    struct Tick: Equatable {
        let value: Double
        let text: String
    }

    let lower: Double
    let upper: Double
    let ticks: [Tick]

    /// - Parameters:
    ///   - values: all that must be on the axis; what is no number is left out.
    ///   - count: how many steps there should be, about.
    init(_ values: some Sequence<Double>, count: Int = 4) {
        let known = values.filter { $0.isFinite }
        let low = min(0, known.min() ?? 0)
        let high = max(0, known.max() ?? 0)
        guard high > low else {
            (lower, upper) = (0, 1)
            ticks = [Tick(value: 0, text: "0")]
            return
        }
        let rough = (high / Double(count)) - (low / Double(count))
        var exponent = Int(log10(rough).rounded(.down))
        var mantissa: Int64 = 1
        let ratio = rough / pow(10, Double(exponent))
        switch ratio {
        case ...1.0001: mantissa = 1
        case ...2.0001: mantissa = 2
        case ...5.0001: mantissa = 5
        default: exponent += 1
        }
        let step = Double(mantissa) * pow(10, Double(exponent))
        let first = Int64((low / step + 1e-9).rounded(.down))
        let last = Int64((high / step - 1e-9).rounded(.up))
        lower = Double(first) * step
        upper = Double(last) * step
        let suffix = Self.suffix(max(abs(lower), abs(upper)))
        ticks = (first...last).map {
            let text = DecimalText.text($0 * mantissa, exponent: exponent - suffix.exponent)
            return Tick(value: Double($0) * step, text: $0 == 0 ? "0" : text + suffix.text)
        }
    }

    /// Thousands and more are shortened once they would not fit beside the plot.
    private static func suffix(_ magnitude: Double) -> (text: String, exponent: Int) {
        switch magnitude {
        case 1e16...: ("·10¹⁵", 15)
        case 1e13...: ("T", 12)
        case 1e10...: ("bn", 9)
        case 1e7...: ("m", 6)
        case 1e4...: ("k", 3)
        default: ("", 0)
        }
    }

    var labelWidth: Double { ticks.map { TextWidth.of($0.text) }.max() ?? 0 }

    /// Where a value lies between two coordinates; a value beyond the axis at its end.
    func position(_ value: Double, from start: Double, to end: Double) -> Double {
        guard value.isFinite else { return start }
        return start + (min(max(value, lower), upper) - lower) / (upper - lower) * (end - start)
    }
}
