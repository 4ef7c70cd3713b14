/// The names of the series above a plot, in as many lines as they need.
struct ChartLegend {
    private struct Entry {
        let series: Int
        let text: String
        let x: Double
        let line: Int
    }

    private static let swatch = 12.0
    private static let lineHeight = 20.0

    private let entries: [Entry]
    private let lines: Int

    init(_ names: [String], width: Double) {
        var entries: [Entry] = []
        var (x, line) = (0.0, 0)
        for (index, name) in names.enumerated() {
            let text = TextWidth.fitted(name, min(width - Self.swatch - 6, 180))
            let needed = Self.swatch + 6 + TextWidth.of(text) + 14
            if x > 0, x + needed > width + 14 { (x, line) = (0, line + 1) }
            entries.append(Entry(series: index, text: text, x: x, line: line))
            x += needed
        }
        self.entries = entries
        lines = names.isEmpty ? 0 : line + 1
    }

    var height: Double { Double(lines) * Self.lineHeight }

    func draw(to canvas: inout Canvas) {
        for entry in entries {
            let y = Double(entry.line) * Self.lineHeight
            let fill = canvas.fill(entry.series)
            canvas.writer.rectangle(x: entry.x, y: y + 2, width: Self.swatch, height: Self.swatch, radius: 2, class: "chart-bar", fill: fill)
            canvas.label(entry.text, x: entry.x + Self.swatch + 6, y: y + 12.5)
        }
    }
}

extension Canvas {
    /// In which each series is hatched; the first is plain, the last one crossed.
    private static let degrees = [0, 45, -45, 0, 90, 22]

    /// Series differ by pattern and by colour.
    mutating func patterns(_ count: Int) {
        writer.element("defs") { writer in
            for series in 0..<min(count, BarChart.maximumSeries) {
                let attributes: [(StaticString, String)] = [
                    ("id", "\(prefix)-fill-\(series + 1)"), ("width", "6"), ("height", "6"), ("patternUnits", "userSpaceOnUse"),
                    ("patternTransform", "rotate(\(Self.degrees[series]))"),
                ]
                writer.element("pattern", attributes) { writer in
                    writer.shape("rect", [("width", "6"), ("height", "6"), ("class", "series-\(series + 1)")])
                    guard series > 0 else { return }
                    writer.line(0, 0, 0, 6, class: "chart-hatch")
                    if series == 5 { writer.line(0, 0, 6, 0, class: "chart-hatch") }
                }
            }
        }
    }

    func fill(_ series: Int) -> String { "url(#\(prefix)-fill-\(series + 1))" }
}
