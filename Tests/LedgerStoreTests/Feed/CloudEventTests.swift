import Foundation
import Ledger
import LedgerStore
import Testing

@Suite("Events as CloudEvents 1.0")
struct CloudEventTests {
    private static func decode(envelope: String) throws -> [String: Any] {
        let entry = FeedEntry(
            position: 7, event: try #require(Identifier("0193a5a0-0000-7000-8000-00000000002a")), kind: "approval.requested", envelope: envelope,
            madeAt: try #require(Timestamp(rfc3339: "2026-11-21T10:00:00Z")), data: Array(#"{"key": {"a": "\"b"}}"#.utf8))
        let bytes = CloudEvent.encode(entry, organisation: "default")
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    @Test("every required attribute is there, and the data as the fact keeps it")
    func attributes() throws {
        let event = try Self.decode(envelope: "say \"hi\"")
        #expect(event["specversion"] as? String == "1.0")
        #expect(event["id"] as? String == "0193a5a0-0000-7000-8000-00000000002a")
        #expect(event["source"] as? String == "/v1/orgs/default")
        #expect(event["type"] as? String == "purser.approval.requested")
        #expect(event["subject"] as? String == "say \"hi\"")
        #expect(event["time"] as? String == "2026-11-21T10:00:00Z")
        #expect(event["datacontenttype"] as? String == "application/json")
        #expect(((event["data"] as? [String: Any])?["key"] as? [String: String]) == ["a": "\"b"])
    }

    @Test("an event of no envelope has no subject, for an empty one is not allowed")
    func subject() throws {
        #expect(try Self.decode(envelope: "")["subject"] == nil)
    }
}
