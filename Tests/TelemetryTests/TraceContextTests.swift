import Testing
import Tracing

@testable import Telemetry

@Suite("W3C trace context")
struct TraceContextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("a traceparent is read and written")
    func read() throws {
        let context = try #require(TraceContext(parent: Self.parent, state: "a=b"))
        #expect(context.trace.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.span == 0x00f0_67aa_0ba9_02b7)
        #expect(context.isSampled)
        #expect(context.state == "a=b")
        #expect(context.traceparent == Self.parent)
    }

    @Test(
        "what is no traceparent begins a new trace",
        arguments: [
            "", "00", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        ])
    func refused(header: String) { #expect(TraceContext(parent: header, state: nil) == nil) }

    @Test("a later version may have more behind a hyphen")
    func later() { #expect(TraceContext(parent: "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-more", state: nil)?.isSampled == false) }

    @Test("a child has the trace of its parent and a span of its own; the sampled flag is kept")
    func child() {
        let registry = MetricRegistry()
        guard let sampler = TraceSampler(name: "parentbased_traceidratio", argument: "0") else {
            Issue.record("no sampler")
            return
        }
        let tracer = SpanTracer(sampler: sampler, registry: registry)
        for flag in ["00", "01"] {
            var context = ServiceContext.topLevel
            context.trace = TraceContext(parent: String(Self.parent.dropLast(2)) + flag, state: nil)
            let span = tracer.startSpan("x", context: context)
            #expect(span.trace.traceparent.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-"))
            #expect(span.trace.span != 0x00f0_67aa_0ba9_02b7)
            #expect(span.trace.isSampled == (flag == "01"))
            span.end()
            span.end()
        }
        // One was sampled, and ended once.
        let finished = tracer.queue.take(10)
        #expect(finished.count == 1)
        #expect(finished.first?.parent == 0x00f0_67aa_0ba9_02b7)
        // A trace that begins here is not recorded at this share.
        #expect(!tracer.startSpan("y", context: .topLevel).trace.isSampled)
    }

    @Test("shares are kept about, unknown samplers and shares beyond 0 … 1 are refused")
    func sampler() throws {
        let half = try #require(TraceSampler(name: "traceidratio", argument: "0.5"))
        let count = (0..<2_000).count { _ in half.samples(.random(), parent: nil) }
        #expect((700...1_300).contains(count))
        for (name, argument) in [("half", nil), ("traceidratio", "2"), ("traceidratio", "x"), ("parentbased_traceidratio", "nan")] {
            #expect(TraceSampler(name: name, argument: argument) == nil)
        }
    }

    @Test("the queue keeps no more than its capacity and counts what it drops")
    func bound() throws {
        let registry = MetricRegistry()
        let tracer = SpanTracer(sampler: try #require(TraceSampler(name: "always_on", argument: nil)), registry: registry)
        for _ in 0..<(SpanQueue.capacity + 10) { tracer.startSpan("x", context: .topLevel).end() }
        let text = String(decoding: registry.exposition(), as: UTF8.self)
        #expect(text.contains("purser_trace_queue_length \(SpanQueue.capacity)\n"))
        #expect(text.contains(#"purser_trace_spans_total{outcome="dropped"} 10"#))
        #expect(tracer.queue.take(5_000).count == SpanQueue.capacity)
    }
}
