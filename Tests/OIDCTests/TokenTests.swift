import Crypto
import Foundation
import JWTKit
import Testing

@testable import OIDC

@Suite("Tokens and keys")
struct TokenTests {
    private func token(_ header: String) -> String { Base64URL.encode(header.utf8) + ".e30.c2ln" }

    @Test(
        "heads that are not read on",
        arguments: [
            #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":"HS256"}"#, #"{"alg":"rs256"}"#, #"{"alg":""}"#, #"{"kid":"a"}"#, "{}", "[]", "x", "",
            #"{"alg":"RS256","crit":["exp"]}"#, #"{"alg":"RS256","typ":"logout+jwt"}"#, #"{"alg":"RS256","kid":7}"#,
        ])
    func heads(header: String) {
        #expect(throws: OIDCError.self) { try TokenHeader(token(header)) }
    }

    @Test("texts that are no tokens", arguments: ["", ".", "..", "a.b", "a.b.c.d", "eyJ", "é.b.c", "pk_default_x"])
    func texts(text: String) {
        #expect(throws: OIDCError.self) { try TokenHeader(text) }
        #expect(!TokenHeader.isToken(text))
    }

    @Test("a token of more than its bound is not read")
    func length() throws {
        let head = token(#"{"alg":"RS256"}"#)
        let filler = String(repeating: "a", count: TokenHeader.maximumBytes - head.utf8.count)
        #expect(throws: OIDCError.self) { try TokenHeader(String(repeating: "a", count: TokenHeader.maximumHeaderBytes + 1) + ".e30.c2ln") }
        #expect(try TokenHeader(head + filler).algorithm == "RS256")
        #expect(throws: OIDCError.self) { try TokenHeader(head + filler + "a") }
    }

    @Test("of a key set those are taken that check signatures, each for one algorithm")
    func keySet() async throws {
        let key = P256.Signing.PrivateKey().publicKey
        let (x, y) = (Base64URL.encode(key.rawRepresentation.prefix(32)), Base64URL.encode(key.rawRepresentation.suffix(32)))
        func curve(_ rest: String) -> String { #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"\#(rest)}"# }
        let document = """
            {"keys":[\(curve(#","kid":"a""#)),\(curve(#","kid":"b","use":"enc""#)),\(curve(#","kid":"c","alg":"ECDH-ES""#)),
            {"kty":"oct","k":"c2VjcmV0","kid":"d"},{"kty":"XX","kid":"e"},{},{"kty":"RSA","kid":"f"},\(curve(#","alg":"ES256""#))]}
            """
        let keys = try await SigningKey.read(Array(document.utf8))
        #expect(keys.map(\.id) == ["a", nil] && keys.allSatisfy { $0.algorithm == "ES256" })
        #expect(keys.keys(for: try TokenHeader(token(#"{"alg":"ES256","kid":"a"}"#))).map(\.id) == ["a"])
        for head in [#"{"alg":"RS256","kid":"a"}"#, #"{"alg":"ES256","kid":"b"}"#, #"{"alg":"ES256"}"#] {
            #expect(keys.keys(for: try TokenHeader(token(head))).isEmpty, "\(head)")
        }
        await #expect(throws: OIDCError.self) { try await SigningKey.read(Array(#"{"keys":7}"#.utf8)) }
    }

    @Test("the challenge of RFC 7636, appendix B")
    func challenge() {
        #expect(
            SignInAttempt.challenge(of: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("an attempt is read back from its text, and from no other")
    func attempt() {
        let attempt = SignInAttempt()
        let read = SignInAttempt(attempt.text)
        #expect(read?.state == attempt.state && read?.nonce == attempt.nonce && read?.verifier == attempt.verifier)
        #expect(Set([attempt.state, attempt.nonce, attempt.verifier, SignInAttempt().state]).count == 4)
        for text in [
            "", "..", attempt.text + ".", String(attempt.text.dropLast()), attempt.text.replacingOccurrences(of: "-", with: "+") + "+", attempt.state,
        ] {
            #expect(SignInAttempt(text) == nil)
        }
    }

    @Test("addresses that are asked, and others")
    func addresses() throws {
        for good in ["https://id.example.com", "https://id.example.com:8443/realms/a", "http://127.0.0.1:80", "http://localhost/x", "http://[::1]:1"]
        {
            #expect(IssuerAddress.isSafe(good), "\(good)")
        }
        for bad in [
            "http://id.example.com", "ftp://127.0.0.1", "https://", "https://a:b@id.example.com", "id.example.com", "",
            "http://127.0.0.1.example.com",
        ] {
            #expect(!IssuerAddress.isSafe(bad), "\(bad)")
        }
        #expect(throws: OIDCError.self) { try OIDCOptions(issuer: "https://id.example.com?x=1", audience: "a") }
        #expect(IssuerAddress.discovery(of: "https://a/b/") == "https://a/b/.well-known/openid-configuration")
        #expect(IssuerAddress.discovery(of: "https://a") == "https://a/.well-known/openid-configuration")
    }

    @Test("metadata of another issuer, or with addresses that are not safe, is not taken")
    func metadata() throws {
        func metadata(_ issuer: String = "https://a", token: String = "https://a/t") -> IssuerMetadata? {
            let text = #"{"issuer":"\#(issuer)","authorization_endpoint":"https://a/a","token_endpoint":"\#(token)","jwks_uri":"https://a/k"}"#
            return try? JSONDecoder().decode(IssuerMetadata.self, from: Data(text.utf8))
        }
        try metadata()?.check(issuer: "https://a")
        #expect(throws: OIDCError.self) { try metadata("https://b")?.check(issuer: "https://a") }
        #expect(throws: OIDCError.self) { try metadata(token: "http://a/t")?.check(issuer: "https://a") }
        #expect(throws: OIDCError.self) { try metadata(token: "http://127.0.0.1/t")?.check(issuer: "https://a") }
        try metadata("http://localhost", token: "http://127.0.0.1/t")?.check(issuer: "http://localhost")
    }

    @Test("the issuer is asked a few times at once, and then now and then")
    func budget() {
        var budget = Budget(burst: 5, interval: .seconds(10))
        let start = ContinuousClock.now
        func takes(_ seconds: Int) -> Int { (0...budget.burst).count { _ in budget.take(at: start + .seconds(seconds)) } }
        #expect(takes(0) == 5)
        #expect(takes(9) == 0)
        #expect(takes(10) == 1)
        #expect(takes(19) == 0)
        #expect(takes(20) == 1)
        #expect(takes(3_600) == 5)
    }
}
