import HTTPTypes
import Ledger
import LedgerStore
import OIDC
import Testing

@testable import LedgerAPI

@Suite("What a person may do")
struct PersonTests {
    private func person(
        _ claims: [String: ClaimValue], rules: PersonRules = PersonRules()
    ) throws -> (organisation: String, person: Person) {
        let always: [String: ClaimValue] = ["iss": .string("https://a"), "aud": .string("purser"), "sub": .string("7"), "exp": .number(100)]
        return try rules.person(
            IdentityClaims(always.merging(claims) { $1 }, issuer: "https://a", audience: "purser", now: 0))
    }

    @Test("role, organisation, tags, limit and name come from the claims")
    func full() throws {
        let (organisation, person) = try person([
            "purser_role": .string("approver"), "purser_org": .string("acme"), "purser_tags": .object(["team_id": .string("red")]),
            "purser_approve_up_to": .string("500.25"), "email": .string("ada@example.com"), "email_verified": .bool(true),
            "preferred_username": .string("ada"),
        ])
        #expect(person.identities == ["ada@example.com", "7", "ada"])
        #expect(organisation == "acme" && person.role == .approver && person.name == "ada@example.com")
        #expect(person.rights.boundTags == Tags([.init(name: "team_id", value: "red")]) && person.approveUpTo == Money("500.25"))
        #expect(person.id == Person.id(issuer: "https://a", subject: "7") && person.rights.isPerson)
    }

    @Test("without more than a role he is of the first organisation, and is called by his subject")
    func plain() throws {
        let (organisation, person) = try person(["purser_role": .string("finance")])
        #expect(organisation == "default" && person.name == "7" && person.tags.isEmpty && person.approveUpTo == nil)
    }

    @Test("of several roles the strongest counts, in the claim that is set")
    func roles() throws {
        let roles = ClaimValue.list([.string("payroll"), .string("finance"), .string("operator")])
        let claims: [String: ClaimValue] = ["roles": roles, "purser_org": .string("acme")]
        #expect(try person(claims, rules: PersonRules(roleClaim: "roles")).person.role == .operator)
    }

    @Test("an address that is not verified names nobody")
    func addresses() throws {
        let claims: [String: ClaimValue] = ["purser_role": .string("finance"), "email": .string("cfo@example.com")]
        for wrong in [ClaimValue.bool(false), .string("true"), .null] {
            let found = try person(claims.merging(["email_verified": wrong]) { $1 }).person
            #expect(found.name == "7" && found.identities == ["7", "cfo@example.com"])
        }
        let verified = claims.merging(["email_verified": .bool(true)]) { $1 }
        #expect(try person(verified).person.name == "cfo@example.com")
        for wrong in ["a\u{7}b@c", "a\u{202E}b@c", "a\u{85}b@c", "first admin", ""] {
            let found = try person(verified.merging(["email": .string(wrong)]) { $1 }).person
            #expect(found.name == "7")
        }
        #expect(try person(claims, rules: PersonRules(nameClaim: "email")).person.name == "cfo@example.com")
        #expect(try person(claims, rules: PersonRules(nameClaim: "upn")).person.name == "7")
    }

    @Test(
        "whoever's claims are not understood may do nothing",
        arguments: [
            [:], ["purser_role": .string("gateway")], ["purser_role": .string("Admin")], ["purser_role": .bool(true)], ["purser_role": .list([])],
            ["purser_role": .string("admin"), "purser_org": .string("")], ["purser_role": .string("admin"), "purser_org": .number(7)],
            ["purser_role": .string("admin")], ["purser_role": .string("operator")], ["purser_role": .string("finance"), "purser_org": .null],
            ["purser_role": .string("finance"), "purser_tags": .string("team_id")], ["purser_role": .string("finance"), "purser_tags": .null],
            ["purser_role": .string("finance"), "purser_tags": .object(["team_id": .number(1)])],
            ["purser_role": .string("finance"), "purser_tags": .object(["Team": .string("red")])],
            ["purser_role": .string("approver"), "purser_approve_up_to": .null],
            ["purser_role": .string("approver"), "purser_approve_up_to": .number(5)],
            ["purser_role": .string("approver"), "purser_approve_up_to": .string("-5")],
            ["purser_role": .string("finance"), "purser_approve_up_to": .string("5")],
        ] as [[String: ClaimValue]])
    func wrong(claims: [String: ClaimValue]) {
        #expect { try person(claims) } throws: { ($0 as? Problem)?.status == .unauthorized }
    }
}
