@testable import LedgerStore
import Ledger
import Testing

@Suite("Reading calls out of logs")
struct LogParserTests {
    private static let latest = Timestamp(seconds: 2_000_000_000)

    private static func read(_ records: [String], _ format: LogFormat) throws -> (entries: [LogParser.Entry], ignored: [String]) {
        var parser = LogParser(format)
        var entries: [LogParser.Entry] = []
        for record in records { entries += try parser.read(Array(record.utf8)) }
        return (entries, parser.ignored)
    }

    private static func calls(_ records: [String], _ format: LogFormat) throws -> [ImportedCall] {
        try read(records, format).entries.compactMap { entry in
            switch entry {
            case .call(let draft): try draft.call(latest: latest)
            case .refused(let fault): throw fault
            case .passedOver: nil
            }
        }
    }

    private static func fault(_ record: String, _ format: LogFormat, header: String? = nil) throws -> LogFault? {
        let entries = try read((header.map { [$0] } ?? []) + [record], format).entries
        guard case .refused(let fault)? = entries.first else { return nil }
        return fault
    }

    private static func tags(_ call: ImportedCall?) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (call?.tags.entries ?? []).map { ($0.name, $0.value) })
    }

    @Test("CSV: columns by their names in any case, tags by theirs or with a prefix, others told")
    func csv() throws {
        let header = "\u{FEFF}Timestamp,MODEL,Prompt_Tokens,completion_tokens,spend,workflow_name,tag.squad,prompt,latency_ms,user,request_id"
        let row = #"2026-11-21 10:00:00,"gpt-5, big",10,5,1.5E-05,"say ""hi""",red,"a, b",812.7,u1,r-1"#
        let call = try #require(try Self.calls([header, row], .csv).first)
        #expect(call.model == "gpt-5, big" && call.usage == TokenUsage(input: 10, output: 5) && call.statedCost == Money("0.000015"))
        #expect(Self.tags(call) == ["workflow_name": "say \"hi\"", "squad": "red", "user_id": "u1"])
        #expect(call.latencyMilliseconds == 813 && call.ownID == "r-1" && call.at.description == "2026-11-21T10:00:00Z")
        #expect(try Self.read([header], .csv).ignored == ["prompt"])
    }

    @Test("CSV: what is wrong with a row names its column; what is wrong with the first row ends the import")
    func csvFaults() throws {
        let header = "time,model,cost"
        #expect(try Self.fault("2026-11-21T10:00:00Z,m,one", .csv, header: header)?.place == "cost")
        #expect(try Self.fault("2026-11-21T10:00:00Z,m", .csv, header: header)?.reason.contains("2 cells") == true)
        #expect(try Self.fault("2026-11-21T10:00:00Z,\"m\"x,1", .csv, header: header)?.reason.contains("closing quote") == true)
        #expect(try Self.fault("2026-11-21T10:00:00Z,\"m,1", .csv, header: header)?.reason.contains("does not end") == true)
        var parser = LogParser(.csv)
        _ = try parser.read(Array(header.utf8))
        guard case .refused(let fault)? = try parser.read([0x31, 0x2C, 0xFF, 0x2C, 0x31]).first else {
            Issue.record("taken")
            return
        }
        #expect(fault.reason.contains("UTF-8"))
        for header in ["model,cost", "time,cost", "time;model;cost", "time,timestamp,model", "a"] {
            #expect(throws: LogFault.self, "\(header)") { try Self.read([header], .csv) }
        }
    }

    @Test("JSON lines: nested tags and usage, numbers and texts alike, names that mean nothing told once")
    func json() throws {
        let line =
            #"{"ts":1795255200,"model":"m","usage":{"prompt_tokens":"7","completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}},"#
            + #""cost":0.1,"tags":{"team_id":"a","n":5,"b":true,"none":null},"run":"r","messages":[{"x":1}],"extra":{}}"#
        let (entries, ignored) = try Self.read([line, line], .jsonl)
        #expect(entries.count == 2 && ignored == ["messages", "extra"])
        let call = try #require(try Self.calls([line], .jsonl).first)
        #expect(call.usage == TokenUsage(input: 7, output: 2, cachedInput: 3) && call.statedCost == Money("0.1"))
        #expect(Self.tags(call) == ["team_id": "a", "n": "5", "b": "true", "run_id": "r"])
        #expect(try Self.fault(#"{"time":"x"}"#, .jsonl)?.place == "/time")
        #expect(try Self.fault(#"{"tags":{"b d":"x"}}"#, .jsonl)?.place == "/tags/b d")
        #expect(try Self.fault("[1]", .jsonl)?.place == "")
        #expect(try Self.fault("{", .jsonl)?.reason.contains("byte") == true)
    }

    @Test("LiteLLM: rows of the spend logs, with tags from wherever they are")
    func litellm() throws {
        let row =
            #"{"request_id":"chatcmpl-1","call_type":"acompletion","api_key":"88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b","#
            + #""spend":1.0850000000000001e-05,"total_tokens":30,"prompt_tokens":20,"completion_tokens":10,"startTime":"2026-11-21T10:00:00.123000","#
            + #""endTime":"2026-11-21T10:00:01.123000","model":"gpt-4o","user":"u-1","team_id":null,"end_user":"customer","cache_hit":"False","#
            + #""request_tags":"[\"workflow: triage\",\"cost_center=cc-1\",\"plain\"]","session_id":"s","status":"failure","#
            + #""metadata":{"user_api_key_alias":"support key","user_api_key_team_id":"team-9","spend_logs_metadata":{"run_id":"r-1","bad name":"x"},"#
            + #""usage_object":{"a":[1]}},"messages":{},"response":{}}"#
        let call = try #require(try Self.calls([row], .litellm).first)
        #expect(call.statedCost == Money("0.00001085") && call.usage == TokenUsage(input: 20, output: 10) && call.status == .error)
        #expect(call.ownID == "chatcmpl-1" && call.latencyMilliseconds == 1_000 && call.model == "gpt-4o")
        #expect(
            Self.tags(call) == [
                "user_id": "u-1", "end_user": "customer", "workflow_name": "triage", "cost_center": "cc-1", "session_id": "s", "team_id": "team-9",
                "run_id": "r-1", "api_key": "support key",
            ])
        let tool = try Self.calls(
            [
                #"{"call_type":"call_mcp_tool","mcp_namespaced_tool_name":"crm-search","model":"MCP: x","startTime":"2026-11-21 10:00:00","api_key":"sk-secret"}"#
            ],
            .litellm)
        #expect(tool.first?.tool == "crm-search" && tool.first?.model == nil)
        #expect(Self.tags(tool.first)["api_key"]?.contains("secret") == false)
    }

    @Test("OTLP: spans of models and tools are calls, those of agents and of others are not")
    func otlp() throws {
        func span(_ id: String, _ attributes: String, _ more: String = "") -> String {
            #"{"traceId":"t1","spanId":"\#(id)","startTimeUnixNano":"1795255200000000000","endTimeUnixNano":"1795255201500000000","attributes":[\#(attributes)]\#(more)}"#
        }
        func text(_ key: String, _ value: String) -> String { #"{"key":"\#(key)","value":{"stringValue":"\#(value)"}}"# }
        func number(_ key: String, _ value: Int) -> String { #"{"key":"\#(key)","value":{"intValue":"\#(value)"}}"# }
        let chat = [
            text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", "gpt-5"), number("gen_ai.usage.input_tokens", 12),
            number("gen_ai.usage.output_tokens", 4), text("gen_ai.agent.name", "triage"), text("gen_ai.agent.id", "a-7"), text("user.id", "u"),
            text("purser.workflow_name", "w"), #"{"key":"list","value":{"arrayValue":{"values":[]}}}"#,
        ].joined(separator: ",")
        let document =
            #"{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"x"},"spans":["#
            + [
                span("1", chat),
                span("2", text("gen_ai.operation.name", "execute_tool") + "," + text("gen_ai.tool.name", "search"), #","status":{"code":2}"#),
                span("3", text("gen_ai.operation.name", "invoke_agent") + "," + number("gen_ai.usage.input_tokens", 999)),
                span("4", text("http.route", "/")),
                span("5", text("gen_ai.request.model", "gpt-5")),
            ].joined(separator: ",")
            + #"]}],"resource":{"attributes":["# + text("deployment.environment.name", "staging") + #"]}}]}"#
        let entries = try Self.read([document], .otlp).entries
        var kinds = ""
        for entry in entries { if case .call = entry { kinds += "c" } else if case .passedOver = entry { kinds += "p" } else { kinds += "r" } }
        #expect(kinds == "ccppc")
        let calls = try entries.prefix(2).compactMap { entry -> ImportedCall? in
            if case .call(let draft) = entry { try draft.call(latest: Self.latest) } else { nil }
        }
        #expect(calls[0].usage == TokenUsage(input: 12, output: 4) && calls[0].ownID == "t1/1" && calls[0].latencyMilliseconds == 1_500)
        #expect(
            Self.tags(calls[0]) == [
                "agent_id": "a-7", "agent_name": "triage", "user_id": "u", "workflow_name": "w", "environment": "staging", "run_id": "t1",
            ])
        #expect(calls[1].tool == "search" && calls[1].status == .error)
        let wrong = document.replacing(#""intValue":"12""#, with: #""intValue":"-12""#)
        #expect(try Self.fault(wrong, .otlp)?.place == "/resourceSpans/0/scopeSpans/0/spans/0/attributes/gen_ai.usage.input_tokens")
        #expect(try Self.fault("{}", .otlp)?.reason.contains("resourceSpans") == true)
    }

    @Test("equal lines have their turns, and memory is bounded")
    func occurrences() {
        var counter = OccurrenceCounter(limit: 2)
        let ids = (1...5).map { Identifier(high: 0, low: UInt64($0)) }
        #expect([ids[0], ids[0], ids[1], ids[0], ids[2], ids[0]].map { counter.count($0) } == [0, 1, 0, 2, 0, 3])
        for id in ids.dropFirst() { _ = counter.count(id) }
        #expect(counter.count(ids[0]) == 0, "it lies too far back")
    }

    @Test(
        "LiteLLM's rows and OTLP are told by how they begin, as far as that is at hand",
        arguments: [
            ("{\n  \"resourceSpans\" : [ { \"resource", .otlp), ("[{\"request_id\": \"r\", \"spend\": 1, \"startTime\": \"", .litellm),
            ("[{\"request_id\": \"r\", \"spend\": 1, \"startTime\": \"x\"}]", .litellm),
            ("{\"startTime\": 1, \"call_type\": \"{\\\"\", \"request_id\": \"r\"}\n{}", .litellm),
            ("{\"starttime\": 1, \"spend\": 1, \"request_id\": \"r\"}", nil), ("{\"startTime\": 1, \"spend\": 1}", nil),
            ("{\"startTime\": 1, \"tags\": {\"spend\": 1, \"request_id\": 1, \"resourceSpans\": []}}", nil),
            ("{}{\"resourceSpans\": []}", nil), ("time,model\n", nil), ("]", nil), ("", nil),
        ] as [(String, LogFormat?)])
    func recognised(beginning: String, format: LogFormat?) { #expect(LogFormat.recognised(beginning.utf8) == format) }

    @Test("JSON lines do not begin with a row of another program, and may hold one")
    func others() throws {
        let row = #"{"request_id": "r", "startTime": "2026-11-21T10:00:00Z", "spend": 1, "model": "m", "call_type": "x"}"#
        #expect(throws: LogFault.self) { try Self.read([row], .jsonl) }
        #expect(try Self.calls([#"{"time": "2026-11-21T10:00:00Z", "model": "m", "cost": 1}"#, row], .jsonl).count == 2)
    }
}
