/// A picture of numbers: inline SVG without styles and scripts. Colours come from the classes of the page's style sheet; each meaning has
/// a shape, a pattern or a word beside its colour.
public protocol Chart: Sendable {
    /// What it shows, in a few words; unique on its page, since the ids in it are made from `id`.
    var id: String { get }
    var title: String { get }
    /// What there is to see, in a sentence.
    var summary: String { get }
    var table: ChartTable { get }
    /// How high it is, in units of the viewBox.
    func height(_ size: ChartSize) -> Double
    /// Draws what stands below title and description.
    func draw(_ size: ChartSize, to canvas: inout Canvas)
}

/// What a chart is drawn on.
public struct Canvas {
    var writer = MarkupWriter()
    /// Begins the ids of this drawing.
    let prefix: String
}

extension Chart {
    public func height(_ size: ChartSize) -> Double { size.height }

    /// The drawing in one size.
    public func svg(_ size: ChartSize) -> String {
        var canvas = Canvas(prefix: "\(id)-\(size.rawValue)")
        let prefix = canvas.prefix
        let attributes: [(StaticString, String)] = [
            ("class", "chart-\(size.rawValue)"), ("viewBox", "0 0 \(coordinate(size.width)) \(coordinate(height(size)))"), ("role", "img"),
            ("aria-labelledby", "\(prefix)-title \(prefix)-desc"), ("font-size", coordinate(TextWidth.fontSize)),
        ]
        draw(size, to: &canvas)
        let drawing = canvas.writer
        var writer = MarkupWriter()
        writer.element("svg", attributes) { writer in
            writer.element("title", [("id", "\(prefix)-title")], text: title)
            writer.element("desc", [("id", "\(prefix)-desc")], text: summary)
            writer.append(drawing)
        }
        return writer.text
    }

    /// All sizes, of which the style sheet shows one, and the numbers below.
    public var html: String {
        var writer = MarkupWriter()
        table.write(to: &writer)
        return "<div class=\"chart\">" + ChartSize.allCases.map(svg).joined() + writer.text + "</div>"
    }
}

// MARK: - What charts share

extension Canvas {
    mutating func label(_ text: String, x: Double, y: Double, anchor: StaticString = "start", class name: String = "chart-label") {
        writer.element("text", [("x", coordinate(x)), ("y", coordinate(y)), ("text-anchor", "\(anchor)"), ("class", name)], text: text)
    }

    /// A warning triangle whose lowest point is at (x, y), with what it says.
    mutating func mark(x: Double, y: Double, _ text: String) {
        writer.path("M\(coordinate(x)) \(coordinate(y))l-5.5 -9.5h11z", class: "chart-mark", says: text)
    }

    /// Grid and labels of the values, and labels below the plot.
    mutating func axes(_ axis: ValueAxis, _ labels: [AxisLabel], _ plot: Plot, unit: ChartUnit) {
        for tick in axis.ticks {
            let y = axis.position(tick.value, from: plot.bottom, to: plot.top)
            writer.line(plot.left, y, plot.right, y, class: tick.value == 0 ? "chart-base" : "chart-grid")
            label(tick.text, x: plot.left - 6, y: y + 4, anchor: "end")
        }
        if let name = unit.name { label(name, x: 0, y: plot.top - 12, class: "chart-label chart-unit") }
        for placed in AxisLabel.placed(labels, from: plot.left, to: plot.right) {
            label(placed.text, x: placed.x, y: plot.bottom + 18, anchor: "middle")
        }
    }

    /// The plot that is left beside the labels of an axis.
    static func plot(_ axis: ValueAxis, _ size: ChartSize, height: Double, top: Double = 26) -> Plot {
        Plot(left: max(24, axis.labelWidth + 8), right: size.width - 8, top: top, bottom: height - 26)
    }

    mutating func note(_ text: String, _ size: ChartSize, height: Double) {
        label(text, x: size.width / 2, y: height / 2, anchor: "middle", class: "chart-label chart-note")
    }
}
