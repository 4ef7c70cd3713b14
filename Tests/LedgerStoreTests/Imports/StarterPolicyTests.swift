import Ledger
import TestSupport
import Testing

@testable import LedgerStore

@Suite("The policy that is proposed for a log")
struct StarterPolicyTests {
    private static func summary(_ csv: String, in ledger: TestLedger) async throws -> LogSummary {
        let state = try await ledger.state()
        let request = ImportRequest(format: .csv, name: "log", identity: csv, author: "test")
        var sending = ledger.store.imports.sending(request, to: state)
        try await sending.read(Array(csv.utf8))
        let done = try await sending.finish()
        return try await ledger.store.imports.summary(of: done, in: ledger.organisation.id)
    }

    private static func read(_ text: String) throws -> PolicyReading { try PolicyYAML.read([PolicyFile(text: text)], version: 1) }

    @Test("a well tagged log gets caps, a person's week, limits for runs, tiers and breakers, and lint finds nothing")
    func tagged() async throws {
        let prices =
            #"{"gpt-5": {"input_cost_per_token": 1e-05, "output_cost_per_token": 1e-05}, "gpt-5-mini": {"input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06}}"#
        try await TestLedger.with(prices: prices) { ledger in
            var csv = "time,model,cost,input_tokens,output_tokens,team_id,workflow_name,user_id,run_id,step_name\n"
            for run in 0..<50 {
                let isLoop = run == 7
                for step in 0..<(isLoop ? 60 : 4) {
                    let model = step % 2 == 0 ? "gpt-5" : "gpt-5-mini"
                    let (name, tokens) = isLoop ? ("gpt-5", 5) : (model, step)
                    csv += "2026-11-20T10:\(10 + run % 40):\(10 + step % 50)Z,\(name),0.5,100,\(tokens),support,"
                    csv += "\(run % 2 == 0 ? "triage" : "billing"),u\(run % 3),run-\(run),step\n"
                }
            }
            let summary = try await Self.summary(csv, in: ledger)
            #expect(summary.total.calls == 256 && summary.total.cost == Money("128") && summary.lengths.count == 50 && summary.lengths.longest == 60)
            #expect(summary.loops.map(\.id) == ["run-7"] && summary.loops[0].identical == 60 && summary.runs.first?.id == "run-7")
            #expect(summary.groups["workflow_name"]?.map(\.value) == ["billing", "triage"] && summary.dayCount == 1)
            let text = StarterPolicy.text(summary, name: "log", currency: "USD", prices: try await ledger.state().prices)
            #expect(text == StarterPolicy.text(summary, name: "log", currency: "USD", prices: try await ledger.state().prices))
            let reading = try Self.read(text)
            #expect(reading.warnings.isEmpty && reading.policy.envelopes.allSatisfy { $0.mode == .shadow })
            #expect(reading.policy.envelopes.map(\.name) == ["billing", "triage", "all-spending", "user-week", "run-steps", "run-tokens"])
            #expect(reading.policy.routes.models["gpt-5"]?.downgradeTo == "gpt-5-mini" && reading.policy.breakers.count == 3)
            #expect(reading.policy.breakers.allSatisfy { $0.action == .alert })
            #expect(reading.policy.tagRules == .none && text.contains("#     - workflow_name  # 100 %"))
            let price = try #require(reading.policy.unknownPrice)
            #expect(price == ModelPrice(input: 10_000_000_000, output: 10_000_000_000), "that of the dearest")
            _ = try await ledger.apply(text)
            // Nobody is refused by it, not even a call without a tag.
            guard case .admitted = try await ledger.reserve("1", [:]) else {
                Issue.record("refused")
                return
            }
        }
    }

    @Test("a log with nothing but models gets one envelope, and is told what to add first; odd names stay within their quotes")
    func bare() async throws {
        try await TestLedger.with { ledger in
            let summary = try await Self.summary(
                "time,model,cost\n2026-11-20T10:00:00Z,m,0\n2026-11-20T10:00:00Z,\"a: \"\"b\"\" \\ # {\",1\n", in: ledger)
            let text = StarterPolicy.text(summary, name: "odd\nname: [", currency: "EUR", prices: PriceBook())
            let reading = try Self.read(text)
            #expect(reading.policy.envelopes.map(\.name) == ["all-spending"] && reading.policy.tagRules == .none)
            #expect(text.contains("Begin with workflow_name") && text.contains("no run_id"))
            let odd = try await Self.summary("time,model,cost,workflow_name\n2026-11-20T10:00:00Z,m,5,\"a: \"\"b\"\" \\ # {é\u{85}\"\n", in: ledger)
            #expect(odd.total.calls == 0, "a control character is no part of a tag")
            let quoted = try await Self.summary(
                "time,model,cost,workflow_name\n2026-11-20T10:00:00Z,m,5,\"a: \"\"b\"\" \\ # {é\u{2028}\"\n", in: ledger)
            let policy = try Self.read(StarterPolicy.text(quoted, name: "x", currency: "EUR", prices: PriceBook())).policy
            #expect(policy.envelopes.first?.match.first?.matcher == .exact("a: \"b\" \\ # {é\u{2028}"))
        }
    }
}
