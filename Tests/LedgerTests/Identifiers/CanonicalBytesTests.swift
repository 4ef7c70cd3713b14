import Ledger
import Testing

@Suite("Canonical bytes")
struct CanonicalBytesTests {
    private static func bytes(_ write: (inout CanonicalBytes) -> Void) -> [UInt8] {
        var bytes = CanonicalBytes()
        write(&bytes)
        return bytes.bytes
    }

    private static func texts(_ texts: String...) -> [UInt8] { bytes { for text in texts { $0.append(text) } } }

    @Test("the border between two texts counts")
    func borders() {
        #expect(Self.texts("ab", "c") != Self.texts("a", "bc"))
        #expect(Self.texts("abc") != Self.texts("abc", ""))
        #expect(Self.texts("", "abc") != Self.texts("abc", ""))
        #expect(Self.texts("a", "b") == Self.texts("a", "b"))
    }

    @Test("an absent value is none of the present ones")
    func absence() {
        #expect(Self.bytes { $0.append(nil as String?) } != Self.bytes { $0.append("" as String?) })
        #expect(Self.bytes { $0.append(nil as Int64?) } != Self.bytes { $0.append(0 as Int64?) })
        #expect(Self.bytes { $0.append(nil as TokenUsage?) } != Self.bytes { $0.append(TokenUsage() as TokenUsage?) })
    }

    @Test("every count of a usage counts, at its own place")
    func usage() {
        let usages = [
            TokenUsage(input: 1), TokenUsage(output: 1), TokenUsage(cachedInput: 1), TokenUsage(cacheWrite: 1), TokenUsage(reasoning: 1),
            TokenUsage(),
        ]
        #expect(Set(usages.map { usage in Self.bytes { $0.append(usage) } }).count == usages.count)
    }

    @Test("tags are told apart by name and value, not by the order in which they were written")
    func tags() {
        func bytes(_ pairs: KeyValuePairs<String, String>) -> [UInt8] {
            Self.bytes { $0.append(Tags(pairs.map { Tags.Tag(name: $0.key, value: $0.value) })) }
        }
        #expect(bytes(["a": "1", "b": "2"]) == bytes(["b": "2", "a": "1"]))
        #expect(bytes(["a": "1", "b": "2"]) != bytes(["a": "2", "b": "1"]))
        #expect(bytes(["a": "1"]) != bytes(["a": "1", "b": ""]))
    }

    @Test("a prefix stays in front")
    func prefix() {
        var bytes = CanonicalBytes(prefix: [1, 2])
        bytes.append(-1)
        #expect(bytes.bytes == [1, 2] + Array(repeating: 255, count: 8))
    }
}
