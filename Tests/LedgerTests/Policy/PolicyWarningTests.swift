import Ledger
import Testing

@Suite("What is odd about a policy that can be used")
struct PolicyWarningTests {
    private static func warnings(_ drafts: Draft...) throws -> [String] {
        let documents = drafts.enumerated().map { PolicyDocument(file: "\($0).yaml", root: $1.node) }
        return try PolicyReader.read(documents, version: 1).warnings.map(\.description)
    }

    private static func envelope(_ name: String, owner: String?) -> Draft {
        .object([("name", .text(name))] + (owner.map { [("owner", .text($0))] } ?? []) + [("meter", "cost"), ("limit", "1")])
    }

    @Test("an owner whom no channel reaches, with the place")
    func owner() throws {
        let warnings = try Self.warnings(
            ["contacts": ["finance": ["pagerduty"]]],
            ["envelopes": [Self.envelope("a", owner: "finance"), Self.envelope("b", owner: nil), Self.envelope("c", owner: "lead")]])
        #expect(warnings == ["1.yaml:10: /envelopes/2/owner: nothing reaches 'lead'; add a channel: contacts: { lead: [webhook-name] }"])
    }

    @Test("the channel may stand in a later document, or before")
    func reached() throws {
        let contacts: Draft = ["contacts": ["lead": ["slack"]]]
        let envelopes: Draft = ["envelopes": [Self.envelope("a", owner: "lead")]]
        #expect(try Self.warnings(envelopes, contacts).isEmpty)
        #expect(try Self.warnings(contacts, envelopes).isEmpty)
        #expect(try Self.warnings(envelopes, [:]).count == 1)
    }

    @Test("none for a policy without owners")
    func none() throws {
        #expect(try Self.warnings(["envelopes": [Self.envelope("a", owner: nil)]]).isEmpty)
        #expect(try Self.warnings().isEmpty)
    }
}
