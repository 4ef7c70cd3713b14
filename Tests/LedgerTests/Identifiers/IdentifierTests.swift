import Foundation
import Ledger
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("are UUIDs of version 7 with the time in front")
    func layout() throws {
        // RFC 9562, appendix A.6: 2022-02-22T19:22:22.000Z is 0x017F22E279B0 milliseconds.
        let id = Identifier.version7(at: Timestamp(microseconds: 0x017F_22E2_79B0 * 1_000), sequence: 0, random: 0x18_C4DC_0C0C_07398F)
        #expect(id.description.hasPrefix("017f22e2-79b0-7000-80"))
        #expect(UUID(uuidString: id.description) != nil)
        #expect(id.time == Timestamp(rfc3339: "2022-02-22T19:22:22Z"))
        let busy = Identifier.version7(at: Timestamp(microseconds: 999), sequence: 255, random: .max)
        #expect(busy.description == "00000000-0000-7ffb-bfff-ffffffffffff")
    }

    @Test("the time comes back to the millisecond; times before 1970 count as 1970")
    func time() throws {
        let time = try #require(Timestamp(rfc3339: "2026-11-21T10:02:00.123456Z"))
        #expect(Identifier.version7(at: time, sequence: 7, random: 1).time == Timestamp(rfc3339: "2026-11-21T10:02:00.123Z"))
        #expect(Identifier.version7(at: Timestamp(seconds: -5), sequence: 0, random: 0).time == Timestamp(seconds: 0))
    }

    @Test("a later microsecond sorts later, whatever the rest; so do texts")
    func order() {
        var random = SplitMix64.announced("Order of identifiers")
        var time: Int64 = 1_790_000_000_000_000
        var ids: [Identifier] = []
        for _ in 0..<2_000 {
            time += random.one(of: [1, 1, 2, 999, 1_000, 86_400_000_000])
            ids.append(.version7(at: Timestamp(microseconds: time), sequence: UInt8(random.number(0...255)), random: random.next()))
        }
        #expect(ids == ids.shuffled(using: &random).sorted(), "seed \(random.seed)")
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
    }

    @Test("ids of one batch sort in the order of arrival")
    func batch() {
        var random = SplitMix64.announced("Identifiers of a batch")
        let ids = (0...255).map { Identifier.version7(at: Timestamp(seconds: 1_790_000_000), sequence: UInt8($0), random: random.next()) }
        #expect(ids == ids.sorted(), "seed \(random.seed)")
        #expect(Set(ids).count == 256)
    }

    @Test("are written in lower case and read in either")
    func text() {
        var random = SplitMix64.announced("Texts of identifiers")
        for _ in 0..<1_000 {
            let id = Identifier(high: random.next(), low: random.next())
            #expect(Identifier(id.description) == id)
            #expect(Identifier(id.description.uppercased()) == id)
            #expect(id.description == id.description.lowercased())
            #expect(UUID(uuidString: id.description)?.uuidString == id.description.uppercased())
        }
        #expect(Identifier.none.description == "00000000-0000-0000-0000-000000000000")
    }

    @Test(
        "any other text is refused",
        arguments: [
            "", "0", "017f22e279b070008000000000000000", "{017f22e2-79b0-7000-8000-000000000000}", "017f22e2-79b0-7000-8000-00000000000",
            "017f22e2-79b0-7000-8000-0000000000000", "017f22e2-79b0-7000-8000-00000000000g", "017f22e2-79b0-7000-80000-00000000000",
            "017f22e2_79b0_7000_8000_000000000000", "017f22e2-79b0-7000-8000-000000000000 ", " 017f22e2-79b0-7000-8000-000000000000",
            "urn:uuid:017f22e2-79b0-7000-8000-000000000000", "017f22e2-79b0-7000-8000-\u{FF10}00000000000", "017f22e2-79b0-7000--000-000000000000",
            "------------------------------------", "017f22e2-79b0-7000-8000-0000-0000000",
        ])
    func badText(text: String) {
        #expect(Identifier(text) == nil)
    }
}
