import Ledger
import LedgerStore
import TestSupport
import Testing

@Suite("Sessions of the dashboard")
struct SessionTests {
    @Test("a token names its organisation, and is kept as a digest only")
    func token() async throws {
        let text = SessionText.generate(organisation: "acme-1")
        #expect(text.text.hasPrefix("ps_acme-1_") && text.text.utf8.count == "ps_acme-1_".utf8.count + 64)
        #expect(SessionText(text.text)?.organisation == "acme-1" && SessionText.generate(organisation: "acme-1").text != text.text)
        #expect(SessionText(text.text)?.formToken == text.formToken && !text.text.contains(text.formToken))
        try await TestLedger.with { ledger in
            let open = try await ledger.store.sessions.open(.key(ledger.gateway.id), of: ledger.organisation)
            #expect(try ledger.number("SELECT count(*) FROM dashboard_sessions WHERE encode(digest, 'hex') = '\(Digest.hex(open.digest))'") == 1)
            #expect(try await ledger.store.sessions.holder(of: open) == .key(ledger.gateway.id))
            try await ledger.store.sessions.close(open)
            #expect(try await ledger.store.sessions.holder(of: open) == nil)
        }
    }

    @Test("other texts are no tokens", arguments: ["", "ps", "ps_acme", "ps_acme_", "pk_acme_", "ps__", "ps_Acme_", "ps_acme_x_"])
    func notTokens(start: String) {
        let secret = String(repeating: "0", count: 64)
        #expect(SessionText(start) == nil)
        if start != "ps_acme_" { #expect(SessionText(start + secret) == nil) }
        #expect(SessionText("ps_acme_" + secret.dropLast()) == nil && SessionText("ps_acme_" + secret + "0") == nil)
        #expect(SessionText("ps_acme_g" + secret.dropFirst()) == nil)
    }

    @Test("it ends when it is idle for long, and at the latest after its longest time however it is used")
    func ends() async throws {
        try await TestLedger.with { ledger in
            let sessions = ledger.store.sessions
            let idle = try await sessions.open(.key(ledger.gateway.id), of: ledger.organisation)
            let used = try await sessions.open(.key(ledger.gateway.id), of: ledger.organisation)
            try await ledger.advance(seconds: SessionStore.idleSeconds - 1)
            #expect(try await sessions.holder(of: used) == .key(ledger.gateway.id))
            try await ledger.advance(seconds: 1)
            #expect(try await sessions.holder(of: idle) == nil)
            var passed = SessionStore.idleSeconds
            while passed < SessionStore.longestSeconds - SessionStore.idleSeconds {
                #expect(try await sessions.holder(of: used) == .key(ledger.gateway.id))
                try await ledger.advance(seconds: SessionStore.idleSeconds / 2)
                passed += SessionStore.idleSeconds / 2
            }
            #expect(try await sessions.holder(of: used) == .key(ledger.gateway.id))
            try await ledger.advance(seconds: SessionStore.longestSeconds - passed - 1)
            // Used a moment ago, or not: its time is over.
            _ = try await sessions.holder(of: used)
            try await ledger.advance(seconds: 1)
            #expect(try await sessions.holder(of: used) == nil)
        }
    }

    @Test("sessions that are over go when another is opened, and a key has only so many")
    func bounded() async throws {
        try await TestLedger.with { ledger in
            let sessions = ledger.store.sessions
            var open: [SessionText] = []
            for _ in 0...SessionStore.maximumPerHolder {
                open.append(try await sessions.open(.key(ledger.gateway.id), of: ledger.organisation))
                try await ledger.advance(seconds: 1)
            }
            #expect(try ledger.number("SELECT count(*) FROM dashboard_sessions") == Int64(SessionStore.maximumPerHolder))
            #expect(try await sessions.holder(of: open[0]) == nil)
            #expect(try await sessions.holder(of: open[1]) == .key(ledger.gateway.id))
            try await ledger.advance(seconds: SessionStore.longestSeconds)
            _ = try await sessions.open(.key(ledger.gateway.id), of: ledger.organisation)
            #expect(try ledger.number("SELECT count(*) FROM dashboard_sessions") == 1)
        }
    }

    @Test("the session of a person keeps who he was when he signed in")
    func person() async throws {
        try await TestLedger.with { ledger in
            let sessions = ledger.store.sessions
            let full = Person(
                id: Person.id(issuer: "https://id.example.com", subject: "7"), name: "ada@example.com", identities: ["ada@example.com", "7"],
                role: .approver,
                tags: Tags([.init(name: "team_id", value: "red")]), approveUpTo: Money("500.25"))
            let plain = Person(
                id: Person.id(issuer: "https://id.example.org", subject: "7"), name: "7", identities: ["7"], role: .finance, tags: Tags(),
                approveUpTo: nil)
            #expect(full.id != plain.id)
            for person in [full, plain] {
                let open = try await sessions.open(.person(person), of: ledger.organisation)
                #expect(try await sessions.holder(of: open) == .person(person))
            }
        }
    }
}
