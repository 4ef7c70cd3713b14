/// How full an envelope is: what was spent, what is held, where the limit and the steps of its plan lie, and where the forecast ends.
public struct EnvelopeGauge: Sendable {
    public struct Step: Hashable, Sendable {
        /// Of the limit, in percent.
        public let percent: Double
        public let text: String

        public init(_ percent: Double, _ text: String) {
            self.percent = percent
            self.text = text
        }
    }

    /// All in percent of the limit.
    public var spent: Double
    public var held: Double
    public var forecast: Double?
    public var steps: [Step]
    /// What it says in words.
    public var text: String
    /// Whether it is a share of a whole, of which more is better: no limit is drawn, and a full one is no warning.
    public var isShare: Bool

    public init(spent: Double, held: Double, forecast: Double?, steps: [Step], text: String, isShare: Bool = false) {
        self.spent = spent.isFinite ? max(spent, 0) : 0
        self.held = held.isFinite ? max(held, 0) : 0
        self.forecast = forecast.flatMap { $0.isFinite ? max($0, 0) : nil }
        self.steps = steps.filter { $0.percent.isFinite && $0.percent >= 0 }
        self.text = text
        self.isShare = isShare
    }

    private static let width = 240.0

    /// What lies at the right end: the limit, or the furthest of what must be seen, up to ten times the limit.
    var end: Double { min(max(100, spent + held, forecast ?? 0, steps.map(\.percent).max() ?? 0) * (isShare ? 1 : 1.04), 1_040) }

    func x(_ percent: Double) -> Double { min(percent / end, 1) * Self.width }

    /// A drawing for a cell of a table, without labels.
    public var svg: String {
        var writer = MarkupWriter()
        let size = "0 0 \(coordinate(Self.width)) 24"
        writer.element("svg", [("class", "gauge"), ("viewBox", size), ("role", "img"), ("aria-label", text)]) { writer in
            writer.rectangle(x: 0, y: 7, width: Self.width, height: 10, radius: 2, class: "chart-track")
            writer.rectangle(x: 0, y: 7, width: x(spent), height: 10, radius: 2, class: level)
            if held > 0 { writer.rectangle(x: x(spent), y: 9, width: max(x(spent + held) - x(spent), 1), height: 6, class: "gauge-held") }
            for step in steps where step.percent != 100 {
                writer.line(x(step.percent), 5, x(step.percent), 19, class: "gauge-step", says: step.text)
            }
            if !isShare { writer.line(x(100), 2, x(100), 22, class: "gauge-limit") }
            if let forecast {
                writer.path("M\(coordinate(min(max(x(forecast), 5), Self.width - 5))) 7.5l-4.5 -7h9z", class: "gauge-forecast", says: "forecast")
            }
        }
        return writer.text
    }

    /// By the class of its colour: the same words stand beside it.
    private var level: String {
        guard !isShare else { return "gauge-spent" }
        let used = spent + held
        if used > 100 { return "gauge-over" }
        return used >= 80 ? "gauge-near" : "gauge-spent"
    }
}
