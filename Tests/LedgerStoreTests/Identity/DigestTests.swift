import Ledger
import LedgerStore
import Testing

@Suite("Digests and ids")
struct DigestTests {
    @Test("SHA-256 of the vectors of FIPS 180-4")
    func vectors() {
        #expect(Digest.hex(Digest.sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest.hex(Digest.sha256("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        #expect(Digest.hex(Digest.sha256(long.utf8)) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(Digest.hex(Digest.sha256(million)) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        // A collection without contiguous storage.
        #expect(Digest.sha256(million.reversed().lazy.map { $0 }) == Digest.sha256(million))
    }

    @Test("an identifier is the first half of the digest")
    func identifier() {
        #expect(Digest.identifier(Array("abc".utf8)).description == "ba7816bf-8f01-cfea-4141-40de5dae2223")
    }

    @Test("digests are equal or not, whatever their lengths")
    func equality() {
        #expect(Digest.areEqual([1, 2, 3], [1, 2, 3]) && Digest.areEqual([], []))
        for other in [[1, 2, 4], [0, 2, 3], [1, 2], [1, 2, 3, 0], []] as [[UInt8]] { #expect(!Digest.areEqual([1, 2, 3], other)) }
    }

    @Test("ids of one moment sort by their place in the batch, and no two are the same")
    func fresh() {
        let time = Timestamp(microseconds: 1_800_000_000_123_456)
        let ids = (0...255).map { Identifier.fresh(at: time, sequence: UInt8($0)) }
        #expect(ids == ids.sorted())
        #expect(Set((0..<10_000).map { _ in Identifier.fresh(at: time) }).count == 10_000)
        #expect(ids.allSatisfy { $0.time.microseconds == 1_800_000_000_123_000 })
    }
}
