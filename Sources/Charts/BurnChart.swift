/// How an amount was used up over a time: a line from the beginning until now, the limit, what the forecast says, and what was unusual.
public struct BurnChart: Chart {
    /// What was used up to a moment.
    public struct Point: Hashable, Sendable {
        /// From 0, the beginning of the time, to 1, its end.
        public let position: Double
        public let value: Double

        public init(_ position: Double, _ value: Double) {
            self.position = position
            self.value = value
        }
    }

    /// A level that means something, such as the limit or a step of a plan.
    public struct Level: Hashable, Sendable {
        public let value: Double
        public let text: String
        /// The limit is drawn stronger than the others.
        public let isLimit: Bool

        public init(_ value: Double, _ text: String, isLimit: Bool = false) {
            self.value = value
            self.text = text
            self.isLimit = isLimit
        }
    }

    public struct Mark: Hashable, Sendable {
        public let position: Double
        public let text: String

        public init(_ position: Double, _ text: String) {
            self.position = position
            self.text = text
        }
    }

    public var id: String
    public var title: String
    public var summary: String
    public var unit: ChartUnit
    /// In the order of time.
    public var points: [Point]
    public var levels: [Level]
    /// What will have been used at the end; nil where nobody knows.
    public var forecast: (value: Double, text: String)?
    public var marks: [Mark]
    public var labels: [AxisLabel]
    public var table: ChartTable

    public init(
        id: String, title: String, summary: String, unit: ChartUnit, points: [Point], levels: [Level] = [],
        forecast: (value: Double, text: String)? = nil, marks: [Mark] = [], labels: [AxisLabel], table: ChartTable
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.unit = unit
        self.points = points.filter { $0.value.isFinite && $0.position.isFinite }
        self.levels = levels.filter { $0.value.isFinite }
        self.forecast = forecast
        self.marks = marks
        self.labels = labels
        self.table = table
    }

    public func draw(_ size: ChartSize, to canvas: inout Canvas) {
        let height = height(size)
        let axis = ValueAxis(points.map(\.value) + levels.map(\.value) + [forecast?.value ?? 0])
        let plot = Canvas.plot(axis, size, height: height)
        canvas.axes(axis, labels, plot, unit: unit)
        guard let last = points.last else { return canvas.note("Nothing was spent in this time", size, height: height) }
        func x(_ position: Double) -> Double { plot.left + min(max(position, 0), 1) * plot.width }
        func y(_ value: Double) -> Double { axis.position(value, from: plot.bottom, to: plot.top) }

        let line = points.map { "\(coordinate(x($0.position))) \(coordinate(y($0.value)))" }.joined(separator: "L")
        let first = points.first ?? last
        let base = coordinate(y(0))
        canvas.writer.path("M\(coordinate(x(first.position))) \(base)L\(line)L\(coordinate(x(last.position))) \(base)z", class: "chart-area")
        for level in levels {
            let (name, dashes) = level.isLimit ? ("chart-limit", nil) : ("chart-level", "2 4")
            canvas.writer.line(plot.left, y(level.value), plot.right, y(level.value), class: name, dashes: dashes)
        }
        canvas.writer.path("M\(line)", class: "chart-line")
        if let forecast {
            canvas.writer.line(x(last.position), y(last.value), plot.right, y(forecast.value), class: "chart-forecast", dashes: "6 5")
            canvas.writer.circle(x: plot.right, y: y(forecast.value), radius: 3.5, class: "chart-forecast-end")
        }
        canvas.writer.circle(x: x(last.position), y: y(last.value), radius: 3.5, class: "chart-dot")
        for mark in marks { canvas.mark(x: x(mark.position), y: y(value(at: mark.position)) - 6, mark.text) }
        annotate(plot, axis, to: &canvas)
    }

    /// What the line has at a position: between two points in proportion.
    func value(at position: Double) -> Double {
        guard let next = points.firstIndex(where: { $0.position >= position }) else { return points.last?.value ?? 0 }
        guard next > 0, points[next].position > points[next - 1].position else { return points[next].value }
        let (a, b) = (points[next - 1], points[next])
        return a.value + (b.value - a.value) * (position - a.position) / (b.position - a.position)
    }

    /// Names the levels and the forecast at the sides where the line is not, each on a line of its own: the limit first, and what
    /// finds no place is left to the table.
    private func annotate(_ plot: Plot, _ axis: ValueAxis, to canvas: inout Canvas) {
        var taken: [(y: Double, left: Double, right: Double)] = []
        func place(near line: Double, left: Bool, width: Double) -> (x: Double, y: Double)? {
            let x = left ? plot.left + 6 : plot.right - 8
            let bounds = left ? (x, x + width) : (x - width, x)
            for y in [line - 6, line + 15] where y > plot.top - 14 && y < plot.bottom - 2 {
                guard !taken.contains(where: { abs($0.y - y) < 14 && $0.left < bounds.1 + 6 && bounds.0 < $0.right + 6 }) else { continue }
                taken.append((y, bounds.0, bounds.1))
                return (x, y)
            }
            return nil
        }
        for level in levels.sorted(by: { $0.isLimit && !$1.isLimit }) {
            let text = TextWidth.fitted(level.text, plot.width * 0.6)
            let line = axis.position(level.value, from: plot.bottom, to: plot.top)
            if let spot = place(near: line, left: true, width: TextWidth.of(text)) {
                canvas.label(text, x: spot.x, y: spot.y, class: level.isLimit ? "chart-label chart-strong" : "chart-label")
            }
        }
        if let forecast {
            let text = TextWidth.fitted(forecast.text, plot.width * 0.6)
            let line = axis.position(forecast.value, from: plot.bottom, to: plot.top)
            if let spot = place(near: line, left: false, width: TextWidth.of(text)) {
                canvas.label(text, x: spot.x, y: spot.y, anchor: "end", class: "chart-label chart-strong")
            }
        }
    }
}
