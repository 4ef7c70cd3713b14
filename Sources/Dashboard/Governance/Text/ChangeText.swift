internal import Charts

/// By how much something changed, for the template `change`.
struct ChangeText: Sendable, Hashable {
    /// `+19.9 %`
    let text: String
    let isUp: Bool
    let isDown: Bool

    /// - Parameter none: what is said where there is nothing to compare with.
    init(_ percent: Double?, none: String = "new") {
        guard let percent, percent.isFinite else {
            (text, isUp, isDown) = (none, false, false)
            return
        }
        text = (percent > 0 ? "+" : "") + PercentText.text(percent)
        isUp = percent > 0
        isDown = percent < 0
    }
}

/// Percentages as pages show them.
enum PercentText {
    /// With one decimal below a hundred: `19.9 %`, `−4 %`, `1,240 %`.
    static func text(_ percent: Double) -> String {
        guard percent.isFinite, abs(percent) < 1e15 else { return "–" }
        let tenths = Int64((percent * 10).rounded())
        let whole = tenths.magnitude / 10
        let part = whole < 100 && tenths % 10 != 0 ? ".\(tenths.magnitude % 10)" : ""
        return DecimalText.readable("\(tenths < 0 ? "-" : "")\(whole)") + part + "\u{A0}%"
    }

    static func text(_ percent: Double?) -> String? { percent.map { text($0) } }
}
