import Ledger
import Testing

@Suite("Who hears of an event")
struct AudienceTests {
    private static let everything = Identifier(high: 1, low: 1)
    private static let lead = Identifier(high: 1, low: 2)
    private static let books = Identifier(high: 1, low: 3)
    private static let alerts = Identifier(high: 1, low: 4)

    private static let policy = Policy(
        version: 1,
        envelopes: [
            Envelope(name: "support", owner: "lead", meter: .cost, limit: 1), Envelope(name: "research", owner: "other", meter: .cost, limit: 1),
            Envelope(name: "orphan", meter: .cost, limit: 1),
        ],
        contacts: [Contact(owner: "lead", channels: ["slack", "gone"]), Contact(owner: "finance", channels: ["books"])])

    private static func listeners(
        _ kind: Event.Kind, _ envelope: String, owner: String? = nil, policy: Policy = Self.policy
    ) throws -> [Identifier] {
        let audience = Audience(
            policy: policy,
            listeners: [
                .init(id: everything, name: "unnamed by any contact", events: .all), .init(id: lead, name: "slack", events: .all),
                .init(id: books, name: "books", events: .all),
                .init(id: alerts, name: nil, events: try EventSelection(patterns: ["alert.*"])),
            ])
        return audience.listeners(to: kind, envelope: envelope, owner: owner)
    }

    @Test("a contact's webhook hears of the envelopes that the contact owns, finance of every one, others of all")
    func owners() throws {
        #expect(try Self.listeners(.creditCarried, "support") == [Self.everything, Self.lead, Self.books])
        #expect(try Self.listeners(.creditCarried, "research") == [Self.everything, Self.books])
        #expect(try Self.listeners(.creditCarried, "orphan") == [Self.everything, Self.books])
        #expect(try Self.listeners(.creditCarried, "gone from the policy") == [Self.everything, Self.books])
        #expect(try Self.listeners(.ledgerInconsistent, "") == [Self.everything, Self.books])
    }

    @Test("the owner that the event names wins over the one in the policy")
    func ownerOfTheEvent() throws {
        #expect(try Self.listeners(.creditCarried, "support", owner: "other") == [Self.everything, Self.books])
        #expect(try Self.listeners(.creditCarried, "research", owner: "lead") == [Self.everything, Self.lead, Self.books])
    }

    @Test("without the contact finance, what no contact would hear of goes to every webhook that listens to it")
    func nobodys() throws {
        let policy = Policy(version: 1, envelopes: Self.policy.envelopes, contacts: [Contact(owner: "lead", channels: ["slack"])])
        #expect(try Self.listeners(.creditCarried, "support", policy: policy) == [Self.everything, Self.lead, Self.books])
        let own = Policy(
            version: 1, envelopes: Self.policy.envelopes,
            contacts: [Contact(owner: "lead", channels: ["slack"]), Contact(owner: "boss", channels: ["books"])])
        #expect(try Self.listeners(.creditCarried, "support", policy: own) == [Self.everything, Self.lead])
        #expect(try Self.listeners(.creditCarried, "support", owner: "boss", policy: own) == [Self.everything, Self.books])
        for envelope in ["research", "orphan", "gone from the policy", ""] {
            #expect(try Self.listeners(.creditCarried, envelope, policy: own) == [Self.everything, Self.lead, Self.books], "\(envelope)")
            #expect(try Self.listeners(.alert, envelope, policy: own) == [Self.everything, Self.lead, Self.books, Self.alerts])
        }
        #expect(try Self.listeners(.creditCarried, "support", owner: "other", policy: own) == [Self.everything, Self.lead, Self.books])
    }

    @Test("a family is the kind itself too")
    func families() throws {
        #expect(try Self.listeners(.alert, "research").contains(Self.alerts))
        #expect(try Self.listeners(.alertCleared, "research").contains(Self.alerts))
        #expect(try !Self.listeners(.routeDowngraded, "research").contains(Self.alerts))
    }
}
