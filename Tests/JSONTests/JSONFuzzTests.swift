import JSON
import TestSupport
import Testing

@Suite("Random texts, against Foundation's reader")
struct JSONFuzzTests {
    @Test("whatever bytes come, the reader answers or refuses; what Foundation refuses, it refuses too")
    func damagedTexts() {
        var random = SplitMix64.announced("Damaged JSON")
        var taken = 0
        for _ in 0..<20_000 {
            let bytes = JSONTexts.mutated(&random)
            let ours = try? read(bytes: bytes) { reader throws(JSONError) in try JSONTree(&reader) }
            guard let ours else { continue }
            taken += 1
            // Numbers beyond a double are JSON; Foundation refuses them, the reader keeps their text.
            if ours.hasHugeNumber { continue }
            #expect(JSONTree.foundation(bytes) != nil, "seed \(random.seed): taken: \(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(taken > 1_000)
    }

    @Test("a well-formed text is read as Foundation reads it")
    func wellFormedTexts() throws {
        var random = SplitMix64.announced("Well-formed JSON")
        for _ in 0..<5_000 {
            let bytes = Array(JSONTexts.wellFormed(&random).utf8)
            let ours = try read(bytes: bytes) { reader throws(JSONError) in try JSONTree(&reader) }
            #expect(JSONTree.foundation(bytes) == ours, "seed \(random.seed): \(String(decoding: bytes, as: UTF8.self))")
            try read(bytes: bytes) { reader throws(JSONError) in try reader.skip() }
        }
    }

    @Test("what is written comes back")
    func roundTrip() throws {
        var random = SplitMix64.announced("JSON round trip")
        for _ in 0..<5_000 {
            let bytes = Array(JSONTexts.wellFormed(&random).utf8)
            let tree = try read(bytes: bytes) { reader throws(JSONError) in try JSONTree(&reader) }
            var writer = JSONWriter()
            Self.write(tree, to: &writer)
            let back = try read(bytes: writer.bytes) { reader throws(JSONError) in try JSONTree(&reader) }
            #expect(back == tree, "seed \(random.seed): \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("passing over a damaged text never goes further than reading it does, but for texts")
    func skipping() {
        var random = SplitMix64.announced("Skipped JSON")
        for _ in 0..<20_000 {
            let bytes = JSONTexts.mutated(&random)
            let isRead = (try? read(bytes: bytes) { reader throws(JSONError) in try JSONTree(&reader) }) != nil
            let isSkipped = (try? read(bytes: bytes) { reader throws(JSONError) in try reader.skip() }) != nil
            if isRead { #expect(isSkipped, "seed \(random.seed): \(String(decoding: bytes, as: UTF8.self))") }
        }
    }

    private static func write(_ tree: JSONTree, to writer: inout JSONWriter) {
        switch tree {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .number(let value): writer.raw("\(value)".utf8)
        case .string(let text): writer.string(text)
        case .array(let elements): writer.array(elements) { write($1, to: &$0) }
        case .object(let members):
            writer.object { writer in
                for (name, value) in members {
                    writer.name(name)
                    write(value, to: &writer)
                }
            }
        }
    }
}
