import Ledger
import Testing

@Suite("Matchers")
struct MatcherTests {
    @Test("a text without a star matches itself alone")
    func exact() {
        let matcher = Matcher("support_triage")
        #expect(matcher.matches("support_triage"))
        for value in ["", "support", "support_triage ", "Support_triage", "support_triage2"] { #expect(!matcher.matches(value)) }
        // Regular expressions mean nothing here.
        #expect(!Matcher("a.c").matches("abc"))
        #expect(!Matcher("a?").matches("ab"))
        #expect(Matcher("[a]").matches("[a]"))
    }

    @Test(
        "a star stands for any characters, none among them",
        arguments: [
            ("*", "", true), ("*", "anything", true), ("triage-*", "triage-7", true), ("triage-*", "triage-", true), ("triage-*", "triage", false),
            ("*-prod", "eu-prod", true), ("*-prod", "eu-prod2", false), ("a*c", "ac", true), ("a*c", "abcbc", true), ("a*c", "abcb", false),
            ("a*b*c", "axxbyyc", true), ("a*b*c", "axxcyyb", false), ("**", "x", true), ("a**b", "ab", true), ("*a*", "bab", true),
            ("*a*", "bbb", false),
            ("gpt-*-mini", "gpt-5-mini", true), ("gpt-*-mini", "gpt-mini", false), ("crm.*", "crmx", false), ("*.*", "a.b", true),
            ("*ab", "aab", true),
            ("*aab", "aaab", true), ("a*a", "a", false), ("日*", "日本", true), ("*本", "日本", true), ("A*", "abc", false), ("*", "line\nbreak", true),
        ] as [(String, String, Bool)])
    func glob(pattern: String, value: String, matches: Bool) {
        #expect(Matcher(pattern).matches(value) == matches)
    }

    @Test("a list matches where one of its elements does")
    func list() {
        let matcher = Matcher.anyOf([Matcher("a"), Matcher("b-*")])
        for (value, expected) in [("a", true), ("b-1", true), ("b", false), ("c", false), ("", false)] { #expect(matcher.matches(value) == expected) }
        #expect(!Matcher.anyOf([]).matches("a"))
        #expect(matcher.texts == ["a", "b-*"])
    }

    @Test("agrees with the definition, tried the slow way")
    func oracle() {
        func slow(_ pattern: Substring, _ text: Substring) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == "*" { return slow(pattern.dropFirst(), text) || (!text.isEmpty && slow(pattern, text.dropFirst())) }
            return text.first == first && slow(pattern.dropFirst(), text.dropFirst())
        }
        var random = SplitMix64.announced("Globs")
        for _ in 0..<5_000 {
            let pattern = String((0..<random.number(0...6)).map { _ in random.one(of: ["a", "b", "*"]) as Character })
            let text = String((0..<random.number(0...7)).map { _ in random.one(of: ["a", "b"]) as Character })
            #expect(Matcher(pattern).matches(text) == slow(pattern[...], text[...]), "seed \(random.seed): \(pattern) on \(text)")
        }
    }

    @Test("a hostile pattern does not stall", .timeLimit(.minutes(10)))
    func hostile() {
        let pattern = String(repeating: "a*", count: 128)
        let text = String(repeating: "a", count: 255) + "b"
        for _ in 0..<1_000 { #expect(!Matcher(pattern + "c").matches(text)) }
    }
}
