import Foundation
import Testing

@testable import OIDC

@Suite("What a token says")
struct ClaimTests {
    static let issuer = "https://id.example.com"
    static let good: [String: ClaimValue] = [
        "iss": .string(issuer), "aud": .string("purser"), "sub": .string("7"), "exp": .number(1_000), "nonce": .string("n"),
    ]

    private func check(_ claims: [String: ClaimValue], nonce: String? = nil, now: Double = 900) throws(OIDCError) -> IdentityClaims {
        try IdentityClaims(claims, issuer: Self.issuer, audience: "purser", nonce: nonce, now: now)
    }

    @Test("a good token tells who it speaks of")
    func good() throws {
        let claims = try check(Self.good)
        #expect(claims.subject == "7" && claims["nonce"]?.string == "n" && claims["email"] == nil)
        #expect(try check(Self.good.merging(["aud": .list([.string("other"), .string("purser")])]) { $1 }).subject == "7")
        #expect(try check(Self.good, nonce: "n").subject == "7")
        #expect(try check(Self.good.merging(["azp": .string("purser")]) { $1 }, nonce: "n").subject == "7")
    }

    @Test(
        "one wrong claim, and it is refused",
        arguments: [
            ("iss", .string("https://id.example.com/")), ("iss", nil), ("iss", .list([.string(issuer)])), ("aud", nil), ("aud", .string("purse")),
            ("aud", .list([])), ("aud", .list([.string("purser"), .number(1)])), ("aud", .object(["purser": .bool(true)])), ("sub", nil),
            ("sub", .string("")), ("sub", .number(7)), ("sub", .string("a\u{0}")), ("sub", .string("é")),
            ("sub", .string(String(repeating: "x", count: 256))), ("exp", nil),
            ("exp", .string("2000")), ("exp", .number(800)), ("nbf", .number(2_000)), ("nbf", .string("now")),
        ] as [(String, ClaimValue?)])
    func wrong(name: String, value: ClaimValue?) {
        var claims = Self.good
        claims[name] = value
        #expect(throws: OIDCError.self) { try check(claims) }
    }

    @Test("clocks may differ by a minute, and no more")
    func skew() throws {
        #expect(try check(Self.good, now: 1_059).subject == "7")
        #expect(throws: OIDCError.refused("has expired")) { try check(Self.good, now: 1_060) }
        let early = Self.good.merging(["nbf": .number(960)]) { $1 }
        #expect(try check(early, now: 900).subject == "7")
        #expect(throws: OIDCError.refused("is not valid yet")) { try check(early, now: 899) }
    }

    @Test("a token for signing in is made for this attempt and this client")
    func signingIn() {
        #expect(throws: OIDCError.self) { try check(Self.good, nonce: "another") }
        #expect(throws: OIDCError.self) { try check(Self.good.filter { $0.key != "nonce" }, nonce: "n") }
        #expect(throws: OIDCError.self) { try check(Self.good.merging(["azp": .string("other")]) { $1 }, nonce: "n") }
    }
}
