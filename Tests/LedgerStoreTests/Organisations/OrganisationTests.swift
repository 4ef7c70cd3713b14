import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Organisations")
struct OrganisationTests {
    @Test("names and currencies")
    func validity() {
        for name in ["a", "default", "acme-1", "0", "a-", String(repeating: "a", count: 39)] { #expect(Organisation.isValid(name: name), "\(name)") }
        for name in ["", "-a", "A", "a_b", "a b", "ä", "a.b", String(repeating: "a", count: 40)] {
            #expect(!Organisation.isValid(name: name), "\(name)")
        }
        for currency in ["EUR", "USD", "XXX"] { #expect(Organisation.isValid(currency: currency)) }
        for currency in ["", "EU", "EURO", "eur", "EU1", "ÉUR"] { #expect(!Organisation.isValid(currency: currency)) }
    }

    @Test("the id is a hash of the name, so that one name is one organisation, made once")
    func once() async throws {
        try await TestLedger.with { ledger in
            let text = try #require(KeyText(KeyText.generate(organisation: "acme")))
            let made = try #require(try await ledger.store.organisations.create(name: "acme", currency: "EUR", adminKey: text))
            #expect(made.id == .organisation(named: "acme") && made.id != .organisation(named: "acme-"))
            #expect(made.state == .active && made.currency == "EUR" && made.createdAt == ledger.now)
            #expect(try await ledger.store.organisations.create(name: "acme", currency: "USD", adminKey: text) == nil)
            #expect(try await ledger.store.organisations.find("acme") == made)
            #expect(try await ledger.store.organisations.find("nobody") == nil)
            #expect(try await ledger.store.organisations.current("nobody") == nil)
            #expect(try await ledger.store.organisations.current("acme")?.keys.key(digest: text.digest)?.role == .admin)
            #expect(try ledger.number("SELECT count(*) FROM org_epochs") == 2)
        }
    }

    @Test("many who make one name at once make one organisation with one key")
    func atOnce() async throws {
        try await TestLedger.with { ledger in
            let made = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for _ in 0..<6 {
                    tasks.addTask {
                        guard let text = KeyText(KeyText.generate(organisation: "acme")) else { return false }
                        return try await ledger.store.organisations.create(name: "acme", currency: "EUR", adminKey: text) != nil
                    }
                }
                return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
            #expect(try ledger.number("SELECT count(*) FROM api_keys WHERE org_id = '\(Identifier.organisation(named: "acme"))'") == 1)
        }
    }

    @Test("a list gives every organisation once, page after page")
    func list() async throws {
        try await TestLedger.with { ledger in
            for name in ["a", "b", "c", "d"] { _ = try await TestLedger.makeOrganisation(name, store: ledger.store) }
            var names: [String] = []
            var after: Identifier?
            while true {
                let page = try await ledger.store.organisations.list(after: after, limit: 2)
                names += page.map(\.name)
                after = page.last?.id
                if page.count < 2 { break }
            }
            #expect(names.sorted() == ["a", "b", "c", "d", "default"])
        }
    }

    @Test("the state changes and is read back; an unknown organisation has none")
    func state() async throws {
        try await TestLedger.with { ledger in
            _ = try await TestLedger.makeOrganisation("acme", store: ledger.store)
            #expect(try await ledger.store.organisations.setState(.closed, of: "acme"))
            #expect(try await ledger.store.organisations.find("acme")?.state == .closed)
            #expect(try await ledger.store.organisations.current("acme")?.organisation.state == .closed)
            #expect(try await !ledger.store.organisations.setState(.closed, of: "nobody"))
        }
    }
}
