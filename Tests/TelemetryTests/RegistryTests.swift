import CoreMetrics
import Testing

@testable import Telemetry

@Suite("The registry of metrics")
struct RegistryTests {
    private static func samples(_ registry: MetricRegistry, _ prefix: String) -> [String] {
        String(decoding: registry.exposition(), as: UTF8.self).split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    @Test("the same description gets the same metric")
    func same() {
        let registry = MetricRegistry()
        registry.counter("a_total", "A.", labels: ["x"]).series("1").add()
        registry.counter("a_total", "A.", labels: ["x"]).series("1").add()
        #expect(Self.samples(registry, "a_total") == [#"a_total{x="1"} 2"#])
    }

    @Test("another description of a known name stops nothing, is not shown, and is counted")
    func conflict() {
        let registry = MetricRegistry()
        registry.counter("a_total", "A.", labels: ["x"]).series("1").add()
        registry.gauge("a_total", "A.").series().set(7)
        registry.counter("a_total", "A.", labels: ["y"]).series("1").add(9)
        #expect(Self.samples(registry, "a_total") == [#"a_total{x="1"} 1"#])
        #expect(Self.samples(registry, "purser_metric_conflicts_total") == ["purser_metric_conflicts_total 2"])
    }

    @Test("beyond the bound label sets are merged, the first open label kept the longest, and no count is lost")
    func bound() {
        let registry = MetricRegistry(labelLimit: 3)
        let family = registry.counter("a_total", "A.", labels: [.open("org"), .open("agent"), "type"])
        for org in 0..<20 { for agent in 0..<20 { for type in ["in", "out"] { family.series("o\(org)", "g\(agent)", type).add() } } }
        let samples = Self.samples(registry, "a_total{")
        // Three of their own, three organisations, and the rest, each with two types.
        #expect(samples.count == (3 + 3 + 1) * 2)
        #expect(samples.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +) == 800)
        #expect(samples.contains(#"a_total{org="o0",agent="g0",type="in"} 1"#))
        #expect(samples.contains(#"a_total{org="o0",agent="other",type="in"} 17"#))
        #expect(samples.contains { $0.hasPrefix(#"a_total{org="other",agent="other",type="out"}"#) })
    }

    @Test("missing label values are empty, surplus ones are dropped")
    func arity() {
        let registry = MetricRegistry()
        let family = registry.counter("a_total", "A.", labels: ["x", "y"])
        family.series("1").add()
        family.series("1", "", "surplus").add()
        #expect(Self.samples(registry, "a_total") == [#"a_total{x="1",y=""} 2"#])
    }

    @Test("additions from many tasks are all counted")
    func concurrent() async {
        let registry = MetricRegistry()
        let counter = registry.counter("a_total", "A.", labels: ["x"])
        let histogram = registry.histogram("h", "H.", bounds: [5])
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for step in 0..<1_000 {
                        counter.series("\(step % 3)").add()
                        histogram.series().record(Int64(task))
                    }
                }
            }
        }
        let sum = Self.samples(registry, "a_total").compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
        #expect(sum == 8_000)
        #expect(Self.samples(registry, "h_count") == ["h_count 8000"])
        #expect(Self.samples(registry, "h_sum") == ["h_sum 28000"])
    }

    @Test("what is recorded through swift-metrics is shown")
    func bridge() {
        let registry = MetricRegistry()
        let factory = RegistryMetricsFactory(registry, help: ["jobs_total": "Jobs."])
        Counter(label: "jobs_total", dimensions: [("name", "verify")], factory: factory).increment(by: 2)
        Counter(label: "jobs_total", dimensions: [("name", "verify")], factory: factory).increment()
        Recorder(label: "late_seconds", dimensions: [], aggregate: true, factory: factory).record(1.5)
        Recorder(label: "depth", dimensions: [], aggregate: false, factory: factory).record(4)
        FloatingPointCounter(label: "f_total", dimensions: [], factory: factory).increment(by: Double.nan)
        FloatingPointCounter(label: "f_total", dimensions: [], factory: factory).increment(by: 0.25)
        let text = String(decoding: registry.exposition(), as: UTF8.self)
        #expect(text.contains("# HELP jobs_total Jobs.\n"))
        #expect(text.contains(#"jobs_total{name="verify"} 3"#))
        #expect(text.contains("late_seconds_sum 1.5\n"))
        #expect(text.contains("depth 4\n"))
        #expect(text.contains("f_total 0.25\n"))
    }

    @Test("counts and sums stay at the highest that they can show, and never fall")
    func saturation() {
        let registry = MetricRegistry()
        let counter = registry.counter("a_total", "A.").series()
        let histogram = registry.histogram("h", "H.", bounds: [5]).series()
        for _ in 0..<4 {
            counter.add(.max)
            histogram.record(.max)
        }
        histogram.record(-1)
        #expect(Self.samples(registry, "a_total") == ["a_total 18446744073709551615"])
        #expect(Self.samples(registry, "h_sum") == ["h_sum 1.8446744073709552e+19"])
        #expect(Self.samples(registry, "h_count") == ["h_count 5"])
    }

    @Test("of two values with the same labels the first is shown, and takes one place")
    func shownTwice() {
        let registry = MetricRegistry(labelLimit: 2)
        let gauge = registry.gauge("g", "G.", labels: [.open("x")])
        gauge.show([(["a"], 3), (["a"], 1), (["b"], 2), (["c"], 0)])
        #expect(Self.samples(registry, "g{") == [#"g{x="a"} 3"#, #"g{x="b"} 2"#])
    }
}
