/// A line of the last values, as high as text.
public struct Sparkline: Sendable {
    public var values: [Double]
    /// What it says in words.
    public var text: String

    public init(_ values: [Double], text: String) {
        self.values = values.map { $0.isFinite ? $0 : 0 }
        self.text = text
    }

    private static let (width, height, margin) = (120.0, 28.0, 4.0)

    public var svg: String {
        var writer = MarkupWriter()
        writer.element(
            "svg",
            [("class", "sparkline"), ("viewBox", "0 0 \(coordinate(Self.width)) \(coordinate(Self.height))"), ("role", "img"), ("aria-label", text)]
        ) { writer in
            guard let last = values.last else { return }
            let (low, high) = (min(values.min() ?? 0, 0), max(values.max() ?? 0, 0))
            let range = high - low
            func y(_ value: Double) -> Double {
                Self.height - Self.margin - (range > 0 ? (value / range - low / range) * (Self.height - 2 * Self.margin) : 0)
            }
            func x(_ index: Int) -> Double {
                Self.margin + (values.count > 1 ? Double(index) / Double(values.count - 1) : 1) * (Self.width - 2 * Self.margin)
            }
            if values.count > 1 {
                let line = values.enumerated().map { "\(coordinate(x($0.offset))) \(coordinate(y($0.element)))" }.joined(separator: "L")
                writer.path("M\(line)", class: "chart-line")
            }
            writer.circle(x: x(values.count - 1), y: y(last), radius: 2.5, class: "chart-dot")
        }
        return writer.text
    }
}
