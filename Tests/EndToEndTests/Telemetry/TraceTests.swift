import Foundation
import Testing

extension EndToEnd {
    /// Traces reach a collector, and a collector that fails costs nothing but spans.
    @Suite
    struct TraceTests {
        private static let policy = "envelopes: [ { name: team, per: [team_id], meter: cost, limit: \"1000\", window: { every: month } } ]"
        private static let call = Call(["team_id": "a", "agent_id": "triage-7", "session_id": "s-1"], cost: "0.01")

        private static func with(
            _ endpoint: String, _ settings: [String: String] = [:], _ body: (APIClient, Replicas) async throws -> Void
        ) async throws {
            let all = ["OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_SERVICE_NAME": "budget"].merging(settings) { $1 }
            try await Replicas.with(1, settings: all) { replicas in
                try await replicas.first.apply(policy: policy)
                try await body(replicas.first, replicas)
                try await replicas.expectSound()
            }
        }

        private static func reserve(_ client: APIClient, _ key: String, parent: String? = nil) async throws -> Answer {
            try await client.send(
                .post, "/v1/reservations", body: call.reserveBody, idempotencyKey: key, headers: parent.map { ["traceparent": $0] } ?? [:])
        }

        @Test
        func aRequestIsToldAsATree() async throws {
            try await Receiver.with { collector in
                try await Self.with(collector.url(""), ["OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=a%20b"]) { client, _ in
                    let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
                    let answer = try await Self.reserve(client, "one", parent: "00-\(trace)-00f067aa0ba902b7-01")
                    #expect(answer.status == 201)
                    let traceparent = try #require(answer.headers["traceparent"])
                    #expect(traceparent.hasPrefix("00-\(trace)-") && traceparent.hasSuffix("-01"))

                    var spans: [CollectedSpan] = []
                    try await eventually("the spans of the request") {
                        spans = try CollectedSpan.all(in: collector.messages("/v1/traces")).filter { $0.trace == trace }
                        return spans.contains { $0.kind == 2 } && spans.count >= 4
                    }
                    let server = try #require(spans.first { $0.kind == 2 })
                    #expect(server.parent == "00f067aa0ba902b7")
                    #expect(traceparent.contains(server.id))
                    #expect(server.name == "POST /v1/reservations")
                    #expect(server.attributes["http.route"] == "/v1/reservations")
                    #expect(server.attributes["http.response.status_code"] == "201")
                    #expect(server.resource["service.name"] == "budget")

                    let admission = try #require(spans.first { $0.parent == server.id })
                    #expect(admission.name == "ledger reserve")
                    #expect(admission.attributes["gen_ai.request.model"] == "any")
                    #expect(admission.attributes["gen_ai.operation.name"] == "chat")
                    #expect(admission.attributes["gen_ai.agent.id"] == "triage-7")
                    #expect(admission.attributes["gen_ai.conversation.id"] == "s-1")
                    #expect(admission.attributes["purser.decision"] == "allow")

                    let trips = spans.filter { $0.parent == admission.id }
                    #expect(Set(trips.map(\.name)).isSuperset(of: ["postgresql read", "postgresql write"]))
                    #expect(trips.allSatisfy { $0.attributes["db.system.name"] == "postgresql" && $0.kind == 3 })
                    // Whatever is within another lies within its time, but for what the clocks' reading takes.
                    let slack: UInt64 = 100_000_000
                    for (inner, outer) in [(admission, server)] + trips.map({ ($0, admission) }) {
                        #expect(inner.start + slack >= outer.start && inner.end <= outer.end + slack && inner.start <= inner.end)
                    }
                    #expect(collector.messages("/v1/traces").allSatisfy { $0.headers["x-tenant"] == "a b" })
                    #expect(collector.messages("/v1/traces").allSatisfy { $0.headers["content-type"] == "application/json" })
                    #expect(Set(spans.map(\.id)).count == spans.count)
                }
            }
        }

        @Test
        func whatIsNotSampledIsHandedOnAndNotTold() async throws {
            try await Receiver.with { collector in
                try await Self.with(collector.url("")) { client, _ in
                    let quiet = "11111111111111111111111111111111"
                    let answer = try await Self.reserve(client, "quiet", parent: "00-\(quiet)-00f067aa0ba902b7-00")
                    #expect(answer.headers["traceparent"]?.hasPrefix("00-\(quiet)-") == true)
                    #expect(answer.headers["traceparent"]?.hasSuffix("-00") == true)
                    // A later one is told, so that the first would have been.
                    let loud = "22222222222222222222222222222222"
                    _ = try await Self.reserve(client, "loud", parent: "00-\(loud)-00f067aa0ba902b7-01")
                    try await eventually("the later one") {
                        try CollectedSpan.all(in: collector.messages("/v1/traces")).contains { $0.trace == loud && $0.kind == 2 }
                    }
                    #expect(try CollectedSpan.all(in: collector.messages("/v1/traces")).allSatisfy { $0.trace != quiet })
                }
            }
        }

        @Test
        func whatIsLeftIsSentAtTheEnd() async throws {
            try await Receiver.with { collector in
                let trace = "33333333333333333333333333333333"
                try await Self.with(collector.url("")) { client, replicas in
                    _ = try await Self.reserve(client, "last", parent: "00-\(trace)-00f067aa0ba902b7-01")
                    #expect(try await replicas.servers[0].terminate() == 0)
                }
                #expect(try CollectedSpan.all(in: collector.messages("/v1/traces")).contains { $0.trace == trace && $0.kind == 2 })
            }
        }

        enum Fault: String, CaseIterable { case down, refusing, busy, silent }

        @Test(arguments: Fault.allCases)
        func aCollectorThatFailsChangesNoAnswer(fault: Fault) async throws {
            try await Receiver.with { collector in
                switch fault {
                case .down: break
                case .refusing: collector.react("/v1/traces", [], then: .status(400))
                case .busy: collector.react("/v1/traces", [], then: .status(503))
                case .silent: collector.react("/v1/traces", [], then: .hang)
                }
                // Nobody listens on port 1.
                try await Self.with(fault == .down ? "http://127.0.0.1:1" : collector.url(""), ["OTEL_EXPORTER_OTLP_TIMEOUT": "300"]) {
                    client, replicas in
                    let count = 1_000
                    let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                        for worker in 0..<20 {
                            group.addTask {
                                var admitted = 0
                                for number in 0..<(count / 20) where try await Self.reserve(client, "\(worker)-\(number)").status == 201 {
                                    admitted += 1
                                }
                                return admitted
                            }
                        }
                        return try await group.reduce(0, +)
                    }
                    #expect(answers == count)
                    let samples = try await MetricSample.all(client)
                    #expect(MetricSample.sum("purser_trace_queue_length", in: samples) <= 2_048)
                    #expect(MetricSample.sum("purser_trace_spans_total", ["outcome": "exported"], in: samples) == 0)
                    try await eventually("lost spans are counted") {
                        let samples = try await MetricSample.all(client)
                        return ["dropped", "failed"].contains { MetricSample.sum("purser_trace_spans_total", ["outcome": $0], in: samples) > 0 }
                    }
                    #expect(try await replicas.servers[0].terminate() == 0)
                }
            }
        }

        @Test
        func aCollectorThatNeverEndsItsAnswerHoldsNothingUp() async throws {
            try await Receiver.with { collector in
                collector.react("/v1/traces", [], then: .stall(200))
                try await Self.with(collector.url("")) { client, replicas in
                    for batch in 1...3 {
                        #expect(try await Self.reserve(client, "\(batch)").status == 201)
                        try await eventually("batch \(batch) is sent though the answer to the one before does not end") {
                            collector.messages("/v1/traces").count >= batch
                        }
                    }
                    #expect(try await replicas.servers[0].terminate() == 0)
                }
            }
        }

        @Test
        func withoutACollectorThereIsNoTrace() async throws {
            try await Replicas.with(1) { replicas in
                try await replicas.first.apply(policy: Self.policy)
                let answer = try await Self.reserve(replicas.first, "one", parent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                #expect(answer.status == 201)
                #expect(answer.headers["traceparent"] == nil)
                let samples = try await MetricSample.all(replicas.first)
                #expect(!samples.contains { $0.name.hasPrefix("purser_trace_") })
            }
        }

        @Test(arguments: [
            ("OTEL_TRACES_SAMPLER", "sometimes"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"), ("OTEL_EXPORTER_OTLP_HEADERS", "secret-without-a-name"),
        ])
        func aSettingThatCannotBeIsNamed(variable: String, value: String) async throws {
            let folder = try TestFolder()
            defer { folder.remove() }
            let settings = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"].merging([variable: value]) { $1 }
            let result = try await PurserProgram(folder: folder, databaseURL: "host=/nowhere", settings: settings).run("serve")
            #expect(result.status != 0)
            #expect(result.output.contains(variable))
            if variable.hasSuffix("HEADERS") { #expect(!result.output.contains(value)) }
        }
    }
}
