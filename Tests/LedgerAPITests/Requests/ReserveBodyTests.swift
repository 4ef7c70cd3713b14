import HTTPTypes
import JSON
import Ledger
import LedgerStore
import NIOCore
import Testing

@testable import LedgerAPI

@Suite("The body of a reserve")
struct ReserveBodyTests {
    private static let key = APIKey(
        id: .none, role: .gateway, tags: Tags(), agentID: nil, name: nil, createdAt: Timestamp(seconds: 0), revokedAt: nil)

    private static func request(_ body: String) throws -> ReserveRequest {
        let decoded = try RequestBody.decode(ByteBuffer(string: body)) { reader throws(JSONError) in try ReserveBody(&reader) }
        return try decoded.request(key: key, idempotencyKey: "k")
    }

    /// Status, name and first pointer of the problem that a body is answered with.
    private static func problem(_ body: String) -> String {
        do {
            _ = try request(body)
            return "taken"
        } catch let problem as Problem {
            guard case .errors(let errors)? = problem.members.first else { return "\(problem.status.code) \(problem.name)" }
            return "\(problem.status.code) \(problem.name) \(errors.first?.pointer ?? "")"
        } catch {
            return "\(error)"
        }
    }

    @Test("a whole body is taken as it is meant")
    func whole() throws {
        let request = try Self.request(
            #"{"tags":{"team_id":"a"},"model":"gpt-5","estimate":{"input_tokens":1200,"output_tokens":800,"cost":"0.18"},"ttl_seconds":60,"step":4}"#)
        #expect(request.usage == TokenUsage(input: 1_200, output: 800))
        #expect(request.statedCost == Money("0.18"))
        #expect(request.ttlSeconds == 60)
        #expect(request.step == 4)
        #expect(request.tags["team_id"] == "a")
    }

    @Test("the order of members and white space make no other body; a value does")
    func fingerprint() throws {
        let one = try Self.request(#"{"tags":{"a":"1","b":"2"},"model":"m","estimate":{"cost":"1.50"}}"#)
        let same = try Self.request(#" { "estimate": {"cost":"1.5"}, "model":"m", "tags": {"b":"2","a":"1"} } "#)
        let other = try Self.request(#"{"tags":{"a":"1","b":"2"},"model":"m","estimate":{"cost":"1.51"}}"#)
        #expect(one.idempotency == same.idempotency)
        #expect(one.idempotency.key == other.idempotency.key && one.idempotency.fingerprint != other.idempotency.fingerprint)
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            (#"{"tags":{},"model":"m","estimate":{"cost":0.18}}"#, "422 invalid-request /estimate/cost"),
            (#"{"tags":{},"model":"m","estimate":{"cost":"-1"}}"#, "422 invalid-request /estimate/cost"),
            (#"{"tags":{},"model":"m","estimate":{"cost":"1e3"}}"#, "422 invalid-request /estimate/cost"),
            (#"{"tags":{},"model":"m","estimate":{"cost":"0.0000000001"}}"#, "422 invalid-request /estimate/cost"),
            (#"{"tags":{},"model":"m","estimate":{"cost":"1"},"colour":"red"}"#, "422 invalid-request /colour"),
            (#"{"tags":{"a":"1","a":"2"},"model":"m","estimate":{"cost":"1"}}"#, "422 invalid-request /tags/a"),
            (#"{"tags":{"tier":"x"},"model":"m","estimate":{"cost":"1"}}"#, "422 invalid-request /tags/tier"),
            (#"{"tags":{"a":"\u0007"},"model":"m","estimate":{"cost":"1"}}"#, "422 invalid-request /tags/a"),
            (#"{"tags":{},"model":"m","tool":"t","estimate":{"cost":"1"}}"#, "422 invalid-request /tool"),
            (#"{"tags":{},"estimate":{"cost":"1"}}"#, "422 invalid-request /model"),
            (#"{"tags":{},"model":"m"}"#, "422 invalid-request /estimate"),
            (#"{"tags":{},"model":"m","estimate":{"input_tokens":1,"cached_input_tokens":2}}"#, "422 invalid-request /estimate"),
            (#"{"model":"m","estimate":{"cost":"1"}}"#, "422 invalid-request /tags"),
            (#"{"tags":{},"model":"m","estimate":{"cost":"1"},"ttl_seconds":3601}"#, "422 invalid-request /ttl_seconds"),
            (#"{"tags":{},"model":NaN}"#, "400 malformed"),
            (#"{"tags":{}"#, "400 malformed"),
            ("", "400 malformed"),
        ])
    func mistakes(body: String, expected: String) {
        #expect(Self.problem(body) == expected)
    }
}
