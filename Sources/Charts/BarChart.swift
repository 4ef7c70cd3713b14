/// Bars by time or by category, of one or more series, on each other or side by side.
public struct BarChart: Chart {
    public enum Arrangement: Sendable { case stacked, grouped }

    public struct Series: Hashable, Sendable {
        public let name: String
        /// One a category; less than none is drawn below the base.
        public let values: [Double]

        public init(_ name: String, _ values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    /// Something unusual in a category.
    public struct Mark: Hashable, Sendable {
        public let category: Int
        public let text: String

        public init(_ category: Int, _ text: String) {
            self.category = category
            self.text = text
        }
    }

    /// More series than this cannot be told apart; the caller sums up the rest.
    public static let maximumSeries = 6

    public var id: String
    public var title: String
    public var summary: String
    public var unit: ChartUnit
    public var arrangement: Arrangement
    public var categories: [String]
    public var series: [Series]
    public var marks: [Mark]
    public var table: ChartTable

    public init(
        id: String, title: String, summary: String, unit: ChartUnit, arrangement: Arrangement = .stacked, categories: [String], series: [Series],
        marks: [Mark] = [], table: ChartTable
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.unit = unit
        self.arrangement = arrangement
        self.categories = categories
        self.series = Array(series.prefix(Self.maximumSeries))
        self.marks = marks
        self.table = table
    }

    public func height(_ size: ChartSize) -> Double { size.height + legend(size).height }

    public func draw(_ size: ChartSize, to canvas: inout Canvas) {
        let legend = legend(size)
        let height = height(size)
        let axis = ValueAxis(extremes)
        let plot = Canvas.plot(axis, size, height: height, top: 26 + legend.height)
        canvas.patterns(series.count)
        if series.count > 1 { legend.draw(to: &canvas) }
        let slot = plot.width / Double(max(categories.count, 1))
        let labels = categories.enumerated().map { AxisLabel((Double($0.offset) + 0.5) / Double(categories.count), $0.element) }
        canvas.axes(axis, labels, plot, unit: unit)
        guard !categories.isEmpty, !series.isEmpty else { return canvas.note("Nothing was spent in this time", size, height: height) }
        for category in categories.indices {
            let left = plot.left + Double(category) * slot
            let top =
                arrangement == .stacked ? stack(category, left, slot, axis, plot, to: &canvas) : group(category, left, slot, axis, plot, to: &canvas)
            for mark in marks where mark.category == category { canvas.mark(x: left + slot / 2, y: max(top - 4, 12), mark.text) }
        }
    }

    private func value(_ series: Int, _ category: Int) -> Double {
        let values = self.series[series].values
        return values.indices.contains(category) && values[category].isFinite ? values[category] : 0
    }

    /// The highest and lowest ends of bars.
    var extremes: [Double] {
        guard arrangement == .stacked else { return series.flatMap(\.values) }
        return categories.indices.flatMap { category in
            let values = series.indices.map { value($0, category) }
            return [values.filter { $0 > 0 }.reduce(0, +), values.filter { $0 < 0 }.reduce(0, +)]
        }
    }

    /// How wide a bar is in its slot: no wider than is handsome, no thinner than can be seen.
    private static func barWidth(_ slot: Double) -> Double { max(min(slot * 0.72, 44), min(slot, 1.5)) }

    private func stack(_ category: Int, _ left: Double, _ slot: Double, _ axis: ValueAxis, _ plot: Plot, to canvas: inout Canvas) -> Double {
        let width = Self.barWidth(slot)
        var (above, below) = (0.0, 0.0)
        for index in series.indices {
            let value = value(index, category)
            let from = value < 0 ? below : above
            canvas.bar(index, x: left + (slot - width) / 2, width: width, from: from, to: from + value, axis, plot)
            if value < 0 { below += value } else { above += value }
        }
        return axis.position(above, from: plot.bottom, to: plot.top)
    }

    private func group(_ category: Int, _ left: Double, _ slot: Double, _ axis: ValueAxis, _ plot: Plot, to canvas: inout Canvas) -> Double {
        let width = Self.barWidth(slot * 0.86 / Double(series.count) / 0.72)
        let start = left + (slot - width * Double(series.count)) / 2
        for index in series.indices {
            canvas.bar(index, x: start + width * Double(index), width: max(width - 1, 0.5), from: 0, to: value(index, category), axis, plot)
        }
        return axis.position(series.indices.map { value($0, category) }.max() ?? 0, from: plot.bottom, to: plot.top)
    }

    private func legend(_ size: ChartSize) -> ChartLegend { ChartLegend(series.count > 1 ? series.map(\.name) : [], width: size.width) }
}

extension Canvas {
    /// Between two bars on each other a line of the ground shows.
    mutating func bar(_ series: Int, x: Double, width: Double, from: Double, to: Double, _ axis: ValueAxis, _ plot: Plot) {
        let (a, b) = (axis.position(from, from: plot.bottom, to: plot.top), axis.position(to, from: plot.bottom, to: plot.top))
        guard a != b else { return }
        let height = abs(a - b) > 2 ? abs(a - b) - 0.75 : abs(a - b)
        writer.rectangle(x: x, y: min(a, b), width: width, height: height, class: "chart-bar", fill: fill(series))
    }
}
