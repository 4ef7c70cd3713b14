/// What each had of a whole, as bars from left to right; the largest first, if the caller says so.
public struct ShareBars: Chart {
    public struct Row: Hashable, Sendable {
        public let name: String
        public let value: Double
        /// The value in words, with its unit.
        public let text: String
        /// What it was before; drawn as a line across.
        public let previous: Double?

        public init(_ name: String, _ value: Double, _ text: String, previous: Double? = nil) {
            self.name = name
            self.value = value
            self.text = text
            self.previous = previous
        }
    }

    private static let rowHeight = 36.0

    public var id: String
    public var title: String
    public var summary: String
    public var rows: [Row]
    public var table: ChartTable

    public init(id: String, title: String, summary: String, rows: [Row], table: ChartTable) {
        self.id = id
        self.title = title
        self.summary = summary
        self.rows = rows
        self.table = table
    }

    public func height(_ size: ChartSize) -> Double { max(Double(rows.count), 1) * Self.rowHeight + 4 }

    public func draw(_ size: ChartSize, to canvas: inout Canvas) {
        guard !rows.isEmpty else { return canvas.note("Nothing was spent in this time", size, height: height(size)) }
        let axis = ValueAxis(rows.flatMap { [$0.value, $0.previous ?? 0] })
        // Round ends of the axis would leave part of the width empty.
        let high = rows.map { max($0.value, $0.previous ?? 0) }.filter(\.isFinite).max() ?? 0
        let end = axis.upper > 0 && high > 0 ? axis.upper / high : 1
        let zero = axis.position(0, from: 0, to: size.width)
        for (index, row) in rows.enumerated() {
            let y = Double(index) * Self.rowHeight
            let textWidth = TextWidth.of(row.text)
            canvas.label(TextWidth.fitted(row.name, size.width - textWidth - 16), x: 0, y: y + 13)
            canvas.label(row.text, x: size.width, y: y + 13, anchor: "end", class: "chart-label chart-strong")
            func x(_ value: Double) -> Double {
                let x = axis.position(value, from: 0, to: size.width)
                return axis.lower < 0 ? x : min(x * end, size.width)
            }
            canvas.writer.rectangle(x: 0, y: y + 19, width: size.width, height: 8, radius: 2, class: "chart-track")
            let (from, to) = (min(zero, x(row.value)), max(zero, x(row.value)))
            let width = row.value == 0 ? 0 : max(to - from, 1)
            canvas.writer.rectangle(x: from, y: y + 19, width: width, height: 8, radius: 2, class: row.value < 0 ? "series-2" : "series-1")
            if let previous = row.previous {
                let x = min(max(x(previous), 1), size.width - 1)
                canvas.writer.line(x, y + 16, x, y + 30, class: "chart-before")
            }
        }
    }
}
