import Foundation
import Ledger
import LedgerStore
import Testing

@testable import LedgerJobs

@Suite("How messages look")
struct FormatTests {
    private static func notice(_ kind: String, data: String, details: String? = nil, envelope: String = "support", publicURL: String? = nil)
        -> Notice
    {
        let entry = FeedEntry(
            position: 1, event: Identifier(high: 0x0193_0000_0000_7000, low: 0x8000_0000_0000_0001), kind: kind, envelope: envelope,
            madeAt: Timestamp(seconds: 1_795_255_320), data: Array(data.utf8))
        return Notice(entry, details: details.map { Array($0.utf8) }, organisation: "acme", currency: "EUR", publicURL: publicURL)
    }

    private static let data = """
        {"envelope":"support","reason":"'support' reached 80 % of its limit","owner":"lead@example.com","playbook":"https://wiki.example.com/a?b=1&c=2",
        "at":80,"balance_id":"5d8f0c1e-7a42-9b63-c0d4-e1f2a3b4c5d6","key":{"agent_id":"<triage> & co"},"meter":"cost","limit":"50","held":"1.5",
        "spent":"40","window":{"start":"2026-11-01T00:00:00Z","end":"2026-12-01T00:00:00Z"}}
        """
    private static let details = """
        {"burn_rate":{"per_hour":"2.5"},"exhausted_at":"2026-11-22T01:00:00Z","top_spenders":[{"type":"agent","id":"triage-7","amount":"30","share_percent":75}]}
        """

    private static func object(_ body: [UInt8]?) throws -> [String: Any] {
        let bytes = try #require(body)
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    @Test("a CloudEvent carries the data with the details")
    func cloudEvent() throws {
        let body = MessageFormat.body(Self.notice("alert", data: Self.data, details: Self.details), for: .standard)
        let event = try Self.object(body)
        #expect(event["specversion"] as? String == "1.0")
        #expect(event["type"] as? String == "purser.alert")
        #expect(event["subject"] as? String == "support")
        let data = try #require(event["data"] as? [String: Any])
        #expect(data["spent"] as? String == "40")
        #expect(data["exhausted_at"] as? String == "2026-11-22T01:00:00Z")
    }

    @Test("Slack gets a header, sections and a context, with its control characters escaped")
    func slack() throws {
        let message = try Self.object(MessageFormat.body(Self.notice("alert", data: Self.data, details: Self.details), for: .slack))
        #expect(message["text"] as? String == "support reached 80 % of its limit – agent_id=&lt;triage&gt; &amp; co: 83 % of 50 EUR used")
        let blocks = try #require(message["blocks"] as? [[String: Any]])
        #expect(blocks.map { $0["type"] as? String } == ["header", "section", "section", "section", "context"])
        let header = try #require(blocks[0]["text"] as? [String: String])
        #expect(header == ["type": "plain_text", "text": "support reached 80 % of its limit"])
        let section = try #require((blocks[1]["text"] as? [String: String])?["text"])
        #expect(section.contains("*Key:* agent_id=&lt;triage&gt; &amp; co"))
        #expect(section.contains("*Used:* 83 % of 50 EUR"))
        #expect(section.contains("*Owner:* lead@example.com"))
        let fields = try #require(blocks[2]["fields"] as? [[String: String]])
        #expect(fields.map { $0["text"] } == ["*Burn rate*\n2.5 EUR an hour", "*Exhausted*\n2026-11-22T01:00:00Z"])
        #expect((blocks[3]["text"] as? [String: String])?["text"]?.contains("• agent triage-7: 30 EUR (75 %)") == true)
        let context = try #require((blocks[4]["elements"] as? [[String: String]])?.first?["text"])
        #expect(context.hasPrefix("<https://wiki.example.com/a?b=1&amp;c=2|Playbook> · acme · "))
    }

    @Test("no text is longer than Slack and PagerDuty take, and no entity is cut in two")
    func lengths() throws {
        let long = String(repeating: "<&", count: 5_000)
        let data = #"{"reason":"\#(long)","owner":"\#(long)","key":{"a":"\#(long)"},"meter":"cost","limit":"1","held":"0","spent":"0","at":100}"#
        let notice = Self.notice("alert", data: data, envelope: long)
        let message = try Self.object(MessageFormat.body(notice, for: .slack))
        let blocks = try #require(message["blocks"] as? [[String: Any]])
        #expect(try #require(message["text"] as? String).count <= 4_000)
        #expect(try #require((blocks[0]["text"] as? [String: String])?["text"]).count <= 150)
        let section = try #require((blocks[1]["text"] as? [String: String])?["text"])
        #expect(section.count <= 3_000)
        #expect(section.matches(of: #/&(?!(amp|lt|gt);)/#).isEmpty)
        let incident = try Self.object(MessageFormat.body(notice, for: .pagerduty))
        #expect(try #require((incident["payload"] as? [String: Any])?["summary"] as? String).unicodeScalars.count <= 1_024)
        #expect(try #require(incident["dedup_key"] as? String).count <= 255)
    }

    @Test("an alert opens an incident, and what clears it resolves the same one")
    func pagerDuty() throws {
        let opened = try Self.object(MessageFormat.body(Self.notice("alert", data: Self.data, details: Self.details), for: .pagerduty))
        let cleared = try Self.object(MessageFormat.body(Self.notice("alert.cleared", data: Self.data), for: .pagerduty))
        #expect(opened["event_action"] as? String == "trigger")
        #expect(cleared["event_action"] as? String == "resolve")
        #expect(opened["dedup_key"] as? String == cleared["dedup_key"] as? String)
        #expect(opened["routing_key"] == nil)
        let payload = try #require(opened["payload"] as? [String: Any])
        #expect(payload["severity"] as? String == "warning")
        #expect(payload["source"] as? String == "purser/acme")
        #expect((payload["custom_details"] as? [String: Any])?["burn_rate"] != nil)
        let links = try #require(opened["links"] as? [[String: String]])
        #expect(links == [["href": "https://wiki.example.com/a?b=1&c=2", "text": "Playbook"]])
        let other = Self.data.replacingOccurrences(of: "\"at\":80", with: "\"at\":100")
        let higher = try Self.object(MessageFormat.body(Self.notice("alert", data: other), for: .pagerduty))
        #expect((higher["payload"] as? [String: Any])?["severity"] as? String == "error")
        #expect(higher["dedup_key"] as? String != opened["dedup_key"] as? String)
        let who = #"{"reason":"x","subject":{"type":"agent","id":"a"},"related_id":"1"}"#
        let suspended = Self.notice("suspension.opened", data: who)
        let lifted = try Self.object(MessageFormat.body(Self.notice("suspension.lifted", data: who), for: .pagerduty))
        #expect(lifted["event_action"] as? String == "resolve")
        #expect(try lifted["dedup_key"] as? String == Self.object(MessageFormat.body(suspended, for: .pagerduty))["dedup_key"] as? String)
        #expect((try Self.object(MessageFormat.body(suspended, for: .pagerduty))["payload"] as? [String: Any])?["severity"] as? String == "critical")
    }

    @Test("links begin with the public address where there is one, and are paths where there is none")
    func links() throws {
        let details = #"{"links": {"alert": "/v1/alerts/1", "history": null}}"#
        func links(_ publicURL: String?) throws -> [String: Any] {
            let body = MessageFormat.body(Self.notice("alert", data: Self.data, details: details, publicURL: publicURL), for: .standard)
            return try #require((try Self.object(body)["data"] as? [String: Any])?["links"] as? [String: Any])
        }
        #expect(try links(nil)["alert"] as? String == "/v1/alerts/1")
        #expect(try links("https://p.example.com/x")["alert"] as? String == "https://p.example.com/x/v1/alerts/1")
        #expect(try links("https://p.example.com")["history"] is NSNull)
        let notice = Self.notice("alert", data: Self.data, publicURL: "https://p.example.com")
        let link = "https://p.example.com/v1/alerts/01930000-0000-7000-8000-000000000001"
        let incident = try Self.object(MessageFormat.body(notice, for: .pagerduty))
        #expect((incident["links"] as? [[String: String]])?.last == ["href": link, "text": "Alert"])
        #expect(String(decoding: try #require(MessageFormat.body(notice, for: .slack)), as: UTF8.self).contains("<\(link)|Alert> · acme"))
    }

    @Test("the routing key is put in when the message is sent")
    func routingKey() throws {
        let body = try #require(MessageFormat.body(Self.notice("alert", data: Self.data), for: .pagerduty))
        let sent = try Self.object(PagerDutyFormat.adding(routingKey: "R\"1", to: body))
        #expect(sent["routing_key"] as? String == "R\"1")
        #expect(sent["event_action"] as? String == "trigger")
    }

    @Test("every kind of event has its words; PagerDuty hears only of incidents", arguments: Event.Kind.allCases)
    func everyKind(kind: Event.Kind) throws {
        let notice = Self.notice(kind.rawValue, data: #"{"reason":"because"}"#)
        _ = try Self.object(MessageFormat.body(notice, for: .standard))
        _ = try Self.object(MessageFormat.body(notice, for: .slack))
        let incidents: Set<Event.Kind> = [
            .alert, .alertCleared, .routeDowngraded, .routeRestored, .suspensionOpened, .suspensionLifted, .breakerTripped, .anomalyDetected,
            .anomalyClosed, .envelopeFrozen, .envelopeUnfrozen, .webhookDisabled, .ledgerInconsistent,
        ]
        #expect((MessageFormat.body(notice, for: .pagerduty) != nil) == incidents.contains(kind))
    }
}
