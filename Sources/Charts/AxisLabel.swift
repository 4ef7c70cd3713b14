/// A label along an axis of time or of categories.
public struct AxisLabel: Hashable, Sendable {
    /// From 0, where the axis begins, to 1.
    public let position: Double
    public let text: String

    public init(_ position: Double, _ text: String) {
        self.position = position
        self.text = text
    }

    /// Every n-th label, with the least n that keeps them apart, and moved inward where one would stick out.
    static func placed(_ labels: [AxisLabel], from left: Double, to right: Double, gap: Double = 10) -> [(x: Double, text: String)] {
        guard !labels.isEmpty else { return [] }
        for stride in 1...labels.count {
            var placed: [(x: Double, text: String)] = []
            var end = -Double.infinity
            var fits = true
            for index in Swift.stride(from: 0, to: labels.count, by: stride) {
                let text = TextWidth.fitted(labels[index].text, right - left)
                let half = TextWidth.of(text) / 2
                let x = min(max(left + labels[index].position * (right - left), left + half), right - half)
                if x - half < end + gap { fits = false }
                end = x + half
                placed.append((x, text))
            }
            if fits { return placed }
        }
        return []
    }
}
