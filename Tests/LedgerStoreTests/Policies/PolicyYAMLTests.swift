import Foundation
import Ledger
import LedgerStore
import Testing

@Suite("Policies as YAML and JSON")
struct PolicyYAMLTests {
    private static func issues(_ source: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        let error = try #require(throws: PolicyError.self, sourceLocation: sourceLocation) { _ = try PolicyYAML.read(source, version: 0) }
        return error.issues.map(\.description)
    }

    private static func names(_ source: String) throws -> [String] { try PolicyYAML.read(source, version: 3).envelopes.map(\.name) }

    @Test("the same policy in YAML, in flow style and in JSON")
    func formats() throws {
        let block = """
            envelopes:
              - name: a
                match: { team_id: [x, "y*"] }
                per: [user_id]
                meter: cost
                limit: "25"   # dollars
                window: { every: week, starts: monday, at: "09:00", time_zone: Europe/Paris }
                plan: [ { at: 120, do: refuse } ]
            """
        let json = """
            { "envelopes": [ { "name": "a", "match": { "team_id": ["x", "y*"] }, "per": ["user_id"], "meter": "cost", "limit": "25",
              "window": { "every": "week", "starts": "monday", "at": "09:00", "time_zone": "Europe/Paris" }, "plan": [ { "at": 120, "do": "refuse" } ] } ] }
            """
        let (one, other) = (try PolicyYAML.read(block, version: 3), try PolicyYAML.read(json, version: 3))
        #expect(one.version == 3)
        let (first, second) = (try #require(one.envelopes.first), try #require(other.envelopes.first))
        #expect(first.rule == second.rule && first.limit == 25_000_000_000 && second.limit == 25_000_000_000)
        #expect(first.match == second.match && first.per == second.per && first.plan == second.plan)
        #expect(first.ceiling == 30_000_000_000)
    }

    @Test("several documents are one policy; empty ones count for nothing")
    func documents() throws {
        let source = """
            envelopes: [{ name: a, meter: cost, limit: "1" }]
            ---
            # nothing here
            ---
            envelopes:
              - { name: b, meter: tokens, limit: 5 }
            ...
            """
        #expect(try Self.names(source) == ["a", "b"])
        for empty in ["", "# only a comment", "---\n---\n"] {
            #expect(try Self.issues(empty).first?.contains("an empty policy limits nothing") == true, "\(empty)")
        }
        #expect(try Self.names("envelopes: []") == [])
        let twice = "envelopes: [{ name: a, meter: cost, limit: \"1\" }]\n---\nenvelopes: [{ name: a, meter: cost, limit: \"1\" }]"
        #expect(try Self.issues(twice).first?.contains("names must be unique") == true)
        #expect(try Self.issues(twice).first?.hasPrefix("line 3:") == true)
    }

    @Test("broken YAML is refused with its line, wherever it breaks off")
    func broken() throws {
        #expect(try Self.issues("envelopes:\n  - name: a\n\tlimit: 1").first?.hasPrefix("line 3:") == true)
        #expect(try Self.issues("envelopes: [").first?.contains("not YAML") == true)
        #expect(try Self.issues("envelopes:\n  - { name: a, meter: cost, limit: \"1\" }\n  bad").first?.contains("not YAML") == true)
        #expect(try Self.issues("a: 'open").first?.contains("not YAML") == true)
        #expect(try Self.issues("{\"envelopes\": [}").first?.contains("not YAML") == true)
        // A mistake in the second document is no reason to take the first one alone.
        let second = "envelopes: [{ name: a, meter: cost, limit: \"1\" }]\n---\nenvelopes: [\n---\n"
        #expect(try Self.issues(second).first?.contains("not YAML") == true)
        #expect(try Self.issues("envelopes: []\n---\n\"\u{1}\"").first?.contains("not YAML") == true)
    }

    @Test("a key that stands twice is refused with its line")
    func duplicates() throws {
        #expect(try Self.issues("envelopes: []\nenvelopes: []").first?.contains("twice") == true)
        let inner = try Self.issues("envelopes:\n  - name: a\n    meter: cost\n    meter: tokens\n    limit: \"1\"")
        #expect(inner.first?.contains("twice") == true)
        #expect(inner.first?.hasPrefix("line 3:") == true, "\(inner)")
    }

    @Test("plain words that YAML reads as something else are no texts: yes, null, 1_000, 0x10")
    func scalars() throws {
        #expect(try Self.issues("envelopes: [{ name: ~, meter: cost, limit: \"1\" }]").contains { $0.contains("/envelopes/0/name") })
        #expect(try Self.issues("envelopes: [{ name: a, meter: tokens, limit: 0x10 }]").contains { $0.contains("/envelopes/0/limit") })
        #expect(try Self.issues("envelopes: [{ name: a, meter: tokens, limit: 1_000 }]").contains { $0.contains("/envelopes/0/limit") })
        #expect(try Self.issues("envelopes: [{ name: a, meter: tokens, limit: \"5\" }]").contains { $0.contains("/envelopes/0/limit") })
        #expect(try Self.issues("envelopes: [{ name: a, meter: cost, limit: 25 }]").contains { $0.contains("write \"25\"") })
        #expect(
            try Self.issues("envelopes: [{ name: a, meter: cost, limit: \"1\", match: { team_id: yes } }]").contains { $0.contains("/match/team_id") }
        )
        #expect(try Self.names("envelopes: [{ name: \"1\", meter: cost, limit: \"1\", match: { team_id: \"yes\" } }]") == ["1"])
    }

    @Test("every mistake is told at once")
    func all() throws {
        let source = """
            envelopes:
              - { name: A, meter: cost, limit: "1" }
              - { name: b, meter: euros, limit: "1" }
              - { name: c, meter: cost }
              - { name: d, meter: cost, limit: "1", colour: red }
            extra: 1
            """
        let lines = try Self.issues(source).map { $0.prefix { $0 != ":" } }
        #expect(lines == ["line 2", "line 3", "line 4", "line 5", "line 6"])
    }

    @Test("an alias stands for what it names; a bomb of aliases is defused")
    func aliases() throws {
        let source = """
            envelopes:
              - { name: a, meter: cost, limit: "1", window: &day { every: day } }
              - { name: b, meter: cost, limit: "1", window: *day }
            """
        #expect(try PolicyYAML.read(source, version: 0).envelopes.map(\.windowRule.period) == [.day, .day])
        #expect(try Self.issues(Self.bomb(levels: 60)).first?.contains("fewer aliases") == true)
        #expect(try Self.issues("a: &a [*a]").first?.contains("not YAML") == true)
        #expect(try Self.issues("a: *nobody").first?.contains("not YAML") == true)
    }

    @Test("a bomb of aliases is defused where it is a key, too")
    func keyBomb() throws {
        for (levels, width) in [(20, 2), (40, 2), (1_000, 2)] {
            #expect(try Self.work(Self.bomb(levels: levels, width: width) + "? *a\(levels - 1)\n: x\n? *a\(levels)\n: y\n") < 0.2)
        }
    }

    /// The seconds that a thread works to refuse a source, whatever else the machine does.
    private static func work(_ source: String) throws -> Double {
        func seconds() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = seconds()
        #expect(try !issues(source).isEmpty)
        return seconds() - start
    }

    @Test("no nesting crashes, nor do very many values", arguments: ["[", "{a: ", "- ", "? "])
    func deep(opening: String) throws {
        #expect(try !Self.issues(String(repeating: opening, count: 100_000)).isEmpty)
        #expect(try !Self.issues("envelopes:\n" + String(repeating: "  - 1\n", count: 120_000)).isEmpty)
    }

    @Test("a key that is no text is refused")
    func keys() throws {
        #expect(try !Self.issues("? [a, b]\n: 1").isEmpty)
        #expect(try !Self.issues("1: 2").isEmpty)
    }

    private static func bomb(levels: Int, width: Int = 2) -> String {
        (0...levels).map { level in
            let parts = Array(repeating: level == 0 ? "x" : "*a\(level - 1)", count: width).joined(separator: ", ")
            return "a\(level): &a\(level) [\(parts)]\n"
        }.joined()
    }
}
