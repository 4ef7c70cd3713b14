import Testing

@testable import Charts

@Suite("Charts are drawn to scale, and no label breaks them")
struct ChartTests {
    private static let hostile = "</text><script>alert('1')</script>\u{202E}\u{0}\" onload=\"x"
    private static let table = ChartTable(caption: hostile, columns: ["Day", hostile], rows: [[hostile, "1"]])

    private static func burn(_ points: [BurnChart.Point], title: String = "Spend") -> BurnChart {
        BurnChart(
            id: "burn", title: title, summary: title, unit: .money("EUR"), points: points,
            levels: [.init(4_000, "limit 4,000", isLimit: true), .init(3_200, "80 %: alert")], forecast: (4_500, "forecast 4,500"),
            marks: [.init(0.25, title)], labels: (1...30).map { AxisLabel(Double($0 - 1) / 30, "Nov \($0)") }, table: table)
    }

    private static func bars(_ arrangement: BarChart.Arrangement, _ values: [[Double]], names: [String] = ["support", "sales"]) -> BarChart {
        BarChart(
            id: "bars", title: names[0], summary: "s", unit: .money("EUR"), arrangement: arrangement, categories: ["Mon", "Tue"],
            series: zip(names, values).map { .init($0, $1) }, marks: [.init(1, names[0])], table: table)
    }

    @Test("text from callers is text, in titles, labels and tables", arguments: ChartSize.allCases)
    func escaping(_ size: ChartSize) throws {
        let share = ShareBars(id: "s", title: Self.hostile, summary: Self.hostile, rows: [.init(Self.hostile, 1, "1")], table: Self.table)
        let burn = Self.burn([.init(0, 0), .init(0.5, 10)], title: Self.hostile)
        for chart in [burn, Self.bars(.stacked, [[1, 2], [3, 4]], names: [Self.hostile, "b"]), share] as [any Chart] {
            let drawing = Drawing(chart.svg(size))
            #expect(drawing.isWellFormed)
            #expect(drawing.all("script").isEmpty && drawing.elements.allSatisfy { $0.attributes["onload"] == nil && $0.attributes["style"] == nil })
            let whole = Drawing(chart.html)
            #expect(whole.isWellFormed && whole.all("script").isEmpty && whole.all("svg").count == ChartSize.allCases.count)
            let ids = whole.elements.compactMap { $0.attributes["id"] }
            #expect(Set(ids).count == ids.count)
        }
        let gauge = Drawing(EnvelopeGauge(spent: 10, held: 1, forecast: nil, steps: [.init(80, Self.hostile)], text: Self.hostile).svg)
        #expect(gauge.isWellFormed && gauge.all("script").isEmpty)
        var writer = MarkupWriter()
        writer.write(String(repeating: "x", count: 10_000))
        #expect(writer.text.count == MarkupWriter.maximumTextLength + 1)
    }

    @Test("a picture has a title, a description and its numbers in a table")
    func words() throws {
        let whole = Drawing(Self.burn([.init(0, 0)]).html)
        let svg = try #require(whole.all("svg").first)
        #expect(svg.attributes["role"] == "img" && svg.attributes["aria-labelledby"] == "burn-narrow-title burn-narrow-desc")
        #expect(whole.all("title").first?.text == "Spend")
        #expect(whole.all("th").filter { $0.attributes["scope"] == "col" }.count == 2 && whole.all("caption").count == 1)
    }

    @Test("the line of use ends where the amount is, the forecast at the right end, and marks stand on the line")
    func burn() throws {
        let chart = Self.burn([.init(0, 0), .init(0.5, 2_000)])
        let drawing = Drawing(chart.svg(.wide))
        // The axis goes to 6,000 over 208 units above y = 234.
        let dot = try #require(drawing.all("circle", class: "chart-dot").first)
        #expect(abs(dot.number("cy") - (234 - 208 / 3)) < 0.01)
        let limit = try #require(drawing.all("line", class: "chart-limit").first)
        #expect(abs(limit.number("y1") - (234 - 208 * 2 / 3)) < 0.01)
        let forecast = try #require(drawing.all("line", class: "chart-forecast").first)
        #expect(forecast.number("x1") == dot.number("cx") && forecast.number("y2") == 78 && forecast.attributes["stroke-dasharray"] != nil)
        #expect(chart.value(at: 0.25) == 1_000 && chart.value(at: 0.9) == 2_000)
        #expect(drawing.all("path", class: "chart-mark").count == 1)
        let many = Drawing(Self.burn((0...400).map { .init(Double($0) / 400, Double($0)) }).svg(.narrow))
        #expect(many.all("path", class: "chart-line").first?.attributes["d"]?.split(separator: "L").count == 401)
    }

    @Test("bars on each other add up, those below none go down, and none is drawn for nothing")
    func stacked() throws {
        let chart = Self.bars(.stacked, [[100, 50], [100, -50]])
        #expect(chart.extremes == [200, 0, 50, -50])
        let bars = Drawing(chart.svg(.wide)).all("rect", class: "chart-bar").dropFirst(2).map { ($0.number("y"), $0.number("height")) }
        // The axis has 250 steps; a unit of 0.75 is left between bars.
        let unit = (bars[0].1 + 0.75) / 100
        for (bar, value) in zip(bars, [100.0, 100, 50, 50]) { #expect(abs(bar.1 + 0.75 - value * unit) < 0.02) }
        #expect(abs(bars[1].0 + 100 * unit - bars[0].0) < 0.02 && bars[3].0 > bars[2].0)
        #expect(Drawing(Self.bars(.grouped, [[0, 5], [3, 0]]).svg(.narrow)).all("rect", class: "chart-bar").count == 2 + 2)
    }

    @Test(
        "labels do not touch each other and nothing leaves the picture",
        arguments: [0, 1e-9, 3.7, 4_812.55, 9.2e9], ChartSize.allCases)
    func collisions(_ value: Double, _ size: ChartSize) {
        var burn = Self.burn([.init(0, 0), .init(0.9, value)])
        burn.levels = [.init(value, "limit of the envelope", isLimit: true), .init(value * 0.8, "80 %: alert"), .init(value * 1.2, "120 %: refuse")]
        burn.forecast = (value, "forecast of the month")
        let names = ["a team with a long name", "b"] + (1...8).map { "team \($0)" }
        let bars = BarChart(
            id: "b", title: "t", summary: "s", unit: .count, categories: (1...31).map { "Nov \($0)" },
            series: names.map { .init($0, Array(repeating: value, count: 31)) }, table: Self.table)
        for chart in [burn, bars] as [any Chart] {
            let drawing = Drawing(chart.svg(size))
            var boxes: [(left: Double, right: Double, y: Double)] = []
            for text in drawing.all("text") {
                let width = TextWidth.of(text.text)
                let anchor = text.attributes["text-anchor"]
                let left = text.number("x") - (anchor == "end" ? width : anchor == "middle" ? width / 2 : 0)
                let box = (left: left, right: left + width, y: text.number("y"))
                #expect(box.left >= 0 && box.right <= size.width + 0.5 && box.y > 8 && box.y < chart.height(size), "\(text.text)")
                for other in boxes where abs(other.y - box.y) < 11 { #expect(other.right <= box.left || box.right <= other.left, "\(text.text)") }
                boxes.append(box)
            }
            for rect in drawing.all("rect") where rect.attributes["y"] != nil {
                #expect(rect.number("x") >= 0 && rect.number("x") + rect.number("width") <= size.width && rect.number("y") >= 0)
            }
        }
    }

    @Test("empty data and a single point are pictures too")
    func little() {
        let shares = ShareBars(id: "s", title: "t", summary: "s", rows: [], table: Self.table)
        for chart in [Self.burn([]), Self.burn([.init(0.2, 5)]), Self.bars(.stacked, []), shares] as [any Chart] {
            for size in ChartSize.allCases { #expect(Drawing(chart.svg(size)).isWellFormed && !chart.svg(size).contains("nan")) }
        }
        #expect(Drawing(Sparkline([], text: "t").svg).isWellFormed && Drawing(Sparkline([3], text: "t").svg).all("circle").count == 1)
    }

    @Test("a gauge ends at the limit, or where more must be seen; the limit is marked")
    func gauge() throws {
        let half = EnvelopeGauge(spent: 50, held: 10, forecast: 90, steps: [.init(80, "alert"), .init(100, "refuse")], text: "60 % used")
        let drawing = Drawing(half.svg)
        #expect(abs(half.x(50) / half.x(100) - 0.5) < 1e-9 && drawing.all("rect", class: "gauge-held").count == 1)
        #expect(drawing.all("line", class: "gauge-step").count == 1 && drawing.all("line", class: "gauge-limit").count == 1)
        let over = EnvelopeGauge(spent: 5_000, held: 0, forecast: nil, steps: [], text: "5,000 % used")
        #expect(over.x(5_000) == 240 && over.x(100) > 20 && Drawing(over.svg).all("rect", class: "gauge-over").count == 1)
    }

    @Test("shares fill the width by the largest, and what was before is marked")
    func shares() {
        let chart = ShareBars(id: "s", title: "t", summary: "s", rows: [.init("a", 30, "30"), .init("b", 10, "10", previous: 15)], table: Self.table)
        let drawing = Drawing(chart.svg(.narrow))
        #expect(drawing.all("rect", class: "series-1").map { coordinate($0.number("width")) } == ["340", "113.33"])
        #expect(drawing.all("line", class: "chart-before").map { $0.number("x1") } == [170])
    }
}
