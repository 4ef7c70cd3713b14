import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("An audit file is checked without the database")
struct AuditCheckTests {
    /// The file of a small ledger, line by line.
    private static func file(_ ledger: TestLedger) async throws -> (lines: [[UInt8]], head: SealHead) {
        try await SealTests.story(ledger)
        let head = try await SealTests.seal(ledger)
        let start = try await ledger.store.seals.start(of: ledger.organisation.id, from: Timestamp(seconds: 0))
        var bytes = AuditLines.head(ledger.organisation, start: start)
        var position = start.position
        while case let page = try await ledger.store.seals.page(of: ledger.organisation.id, after: position), let last = page.last {
            for sealed in page { bytes += AuditLines.entry(sealed) }
            position = last.entry.position
        }
        bytes += AuditLines.end(head)
        return (bytes.split(separator: 10).map(Array.init), head)
    }

    private static func check(_ lines: [[UInt8]], known: SealHead? = nil) throws -> AuditCheck.Summary {
        var check = AuditCheck(known: known)
        for line in lines { try check.take(line) }
        return try check.finish()
    }

    private static func fault(_ lines: [[UInt8]], known: SealHead? = nil) -> AuditFault? {
        do {
            _ = try check(lines, known: known)
            return nil
        } catch {
            return error as? AuditFault
        }
    }

    @Test("whatever line is changed, left out, repeated or moved is named, and a file that is right tells its head")
    func faults() async throws {
        try await TestLedger.with(policy: SealTests.policy) { ledger in
            let (lines, head) = try await Self.file(ledger)
            let summary = try Self.check(lines)
            #expect(summary.head == head && summary.start.position == 0 && summary.organisation == "default")
            #expect(summary.facts == lines.filter { $0.starts(with: #"{"fact""#.utf8) }.count)
            for index in lines.indices {
                let isFact = lines[index].starts(with: #"{"fact""#.utf8)
                var changed = lines
                let digit = try #require(changed[index].lastIndex { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
                changed[index][digit] = changed[index][digit] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
                let found = Self.fault(changed)
                #expect(found != nil, "line \(index + 1) may be changed")
                if isFact { #expect(found?.line == index + 1, "\(String(describing: found))") }
                #expect(Self.fault(Array(lines[..<index] + lines[(index + 1)...])) != nil, "line \(index + 1) may be left out")
                #expect(Self.fault(Array(lines[...index] + lines[index...])) != nil, "line \(index + 1) may be repeated")
                #expect(Self.fault(Array(lines[..<index])) != nil, "the file may be cut off before line \(index + 1)")
                if index + 1 < lines.count, lines[index] != lines[index + 1] {
                    changed = lines
                    changed.swapAt(index, index + 1)
                    #expect(Self.fault(changed) != nil, "line \(index + 1) may be moved")
                }
            }
        }
    }

    @Test("a head that was written down is found again, and a rewritten ledger is not taken for it")
    func knownHead() async throws {
        try await TestLedger.with(policy: SealTests.policy) { ledger in
            let early = try await SealTests.seal(ledger)
            let (lines, head) = try await Self.file(ledger)
            #expect(early.position > 0 && early.position < head.position)
            #expect(throws: Never.self) { try Self.check(lines, known: early) }
            #expect(throws: Never.self) { try Self.check(lines, known: head) }
            let another = SealHead(position: early.position, digest: Digest.sha256([1]), sealedAt: nil)
            #expect(Self.fault(lines, known: another)?.detail.contains("another one") == true)
            let later = SealHead(position: head.position + 1, digest: head.digest, sealedAt: nil)
            #expect(Self.fault(lines, known: later)?.detail.contains("cannot be compared") == true)
        }
    }

    @Test("what is no audit file is named as such")
    func noFile() {
        for text in ["", "x", "{}", "[]", #"{"purser":"audit"}"#, #"{"purser":"audit","form":2}"#, #"{"end":0}"#, #"{"purser":{}}"#] {
            #expect(Self.fault([Array(text.utf8)])?.line == 1, "\(text)")
        }
        #expect(Self.fault([])?.detail == "the file is empty")
    }
}
