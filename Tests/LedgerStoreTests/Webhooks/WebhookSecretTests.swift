import Foundation
import LedgerStore
import Testing

@Suite("Signatures of messages")
struct WebhookSecretTests {
    @Test("the example of the Standard Webhooks specification")
    func knownVector() throws {
        let key = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = WebhookSecret(bytes: Array(key)).signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", stamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("a secret has 32 random bytes, and its text is base64 of them")
    func generation() throws {
        let secret = WebhookSecret.generate()
        #expect(secret.bytes.count == 32)
        #expect(secret.text.hasPrefix("whsec_"))
        #expect(Array(try #require(Data(base64Encoded: String(secret.text.dropFirst(6))))) == secret.bytes)
        #expect(WebhookSecret.generate() != secret)
    }
}
