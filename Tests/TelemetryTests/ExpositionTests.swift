import CoreMetrics
import Testing

@testable import Telemetry

@Suite("What Prometheus is shown")
struct ExpositionTests {
    private static func text(_ registry: MetricRegistry) -> String { String(decoding: registry.exposition(), as: UTF8.self) }

    private static func lines(_ registry: MetricRegistry, of name: String) -> [String] {
        text(registry).split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }

    @Test("a counter has help, type and its value; label values are escaped")
    func escaping() {
        let registry = MetricRegistry()
        registry.counter("a_total", "One\nline \\ here \"so\".", labels: [.open("x"), "y"]).series("q\"\\\n", "ok").add(3)
        let text = Self.text(registry)
        #expect(text.contains("# HELP a_total One\\nline \\\\ here \"so\".\n# TYPE a_total counter\n"))
        #expect(text.contains(#"a_total{x="q\"\\\n",y="ok"} 3"#))
    }

    @Test("money is counted in whole nano-units and shown in major units")
    func divisor() {
        let registry = MetricRegistry()
        let family = registry.counter("c_total", "Cost.", divisor: 1_000_000_000)
        for _ in 0..<3 { family.series().add(100_000_000) }
        family.series().add(-5)
        #expect(Self.lines(registry, of: "c_total") == ["c_total 0.3"])
    }

    @Test("the buckets of a histogram are cumulative, a bound belongs to its bucket, and the last is all")
    func histogram() {
        let registry = MetricRegistry()
        let series = registry.histogram("h", "H.", labels: ["k"], bounds: [1, 10], divisor: 1).series("v")
        for value: Int64 in [1, 2, 10, 11] { series.record(value) }
        #expect(
            Self.lines(registry, of: "h") == [
                #"h_bucket{k="v",le="1"} 1"#, #"h_bucket{k="v",le="10"} 3"#, #"h_bucket{k="v",le="+Inf"} 4"#, #"h_sum{k="v"} 24"#,
                #"h_count{k="v"} 4"#,
            ])
    }

    @Test("a duration is recorded in nanoseconds and shown in seconds")
    func duration() {
        let registry = MetricRegistry()
        registry.histogram("d_seconds", "D.", bounds: [500_000_000], divisor: 1_000_000_000).series().record(.milliseconds(250))
        #expect(Self.lines(registry, of: "d_seconds").contains("d_seconds_sum 0.25"))
        #expect(Self.lines(registry, of: "d_seconds").contains(#"d_seconds_bucket{le="0.5"} 1"#))
    }

    @Test("numbers that are none are written as Prometheus reads them")
    func numbers() {
        #expect(Exposition.number(.nan) == "NaN")
        #expect(Exposition.number(.infinity) == "+Inf")
        #expect(Exposition.number(-.infinity) == "-Inf")
        #expect(Exposition.number(-0.5) == "-0.5")
        #expect(Exposition.number(3) == "3")
    }

    @Test("nothing is said of a metric without a series, and names are made such that Prometheus takes them")
    func names() {
        let registry = MetricRegistry()
        _ = registry.counter("never_total", "Never.")
        registry.gauge("1 odd-näme", "Odd.", labels: ["a:b"]).series("v").set(1)
        let text = Self.text(registry)
        #expect(!text.contains("never_total"))
        #expect(text.contains(#"_1_odd_n__me{a_b="v"} 1"#))
    }

    @Test("what is shown anew replaces what was shown")
    func replacing() {
        let registry = MetricRegistry()
        let family = registry.gauge("g", "G.", labels: [.open("k")])
        family.show([(["a"], 1), (["b"], 2)])
        family.show([(["b"], 3)])
        #expect(Self.lines(registry, of: "g") == [#"g{k="b"} 3"#])
    }
}
