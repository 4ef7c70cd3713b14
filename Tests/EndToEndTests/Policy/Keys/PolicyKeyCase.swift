import Foundation
import Testing

/// One key of the policy language, and the same call under two policies that differ in it alone.
struct PolicyKeyCase: Sendable {
    /// Where the key stands: `[]` is an element of a list, `*` a name that the policy chooses.
    let key: String
    let without: String
    let with: String
    /// Booked before the call, whatever the policy says.
    var charges: [Call] = []
    /// Asked for before the call, and held.
    var holds: [Call] = []
    var call = Call(["agent_id": "a"], model: "big", input: 100_000, output: 0)
    /// What is read after the call; nil: the answer to the call.
    var path: String?
    /// A member of that answer, its parts divided by dots, or `verdict`.
    var member = "verdict"
    let before: String
    let after: String

    /// Under which policy each of the two answers is as it should be, told in words; empty: both are.
    func faults(_ client: APIClient, number: Int) async throws -> [String] {
        let seen = try await [(without, "without"), (with, "with")].asyncMap { policy, name in
            try await see(policy, try await Self.organisation("key-\(number)-\(name)", client))
        }
        return zip(["without", "with"], zip(seen, [before, after])).compactMap { name, pair in
            pair.0 == pair.1 ? nil : "\(key): \(name) it '\(pair.0)', not '\(pair.1)'"
        }
    }

    /// An organisation of its own, in which a million tokens of `big` cost 10, of `mid` 4 and of `small` 1.
    private static func organisation(_ name: String, _ client: APIClient) async throws -> APIClient {
        let made = try await client.send(.post, "/v1/orgs", body: "{\"name\":\"\(name)\",\"currency\":\"EUR\"}")
        let own = client.with(key: try made.decoded(201, as: OrganisationAnswer.self).adminKey)
        let prices = [("big", 10), ("mid", 4), ("small", 1)]
            .map { "\"\($0.0)\":{\"input_cost_per_token\":\($0.1)e-6,\"output_cost_per_token\":\($0.1)e-6}" }
        try await own.importPrices("{\(prices.joined(separator: ","))}")
        return own
    }

    private func see(_ policy: String, _ client: APIClient) async throws -> String {
        try await client.apply(policy: policy)
        for charge in charges { _ = try await client.charge(charge.usageBody, key: UUID().uuidString).decoded(201, as: SettlementAnswer.self) }
        for hold in holds { _ = try await client.reserve(hold, key: UUID().uuidString).decoded(201, as: HoldAnswer.self) }
        let answer = try await client.reserve(call, key: UUID().uuidString)
        guard let path else { return Self.read(member, of: answer) }
        return Self.read(member, of: try await client.get(path))
    }

    /// `allow`, `downgrade small`, `402 envelope-exhausted e`, or the text of a member; `-` where there is none.
    private static func read(_ member: String, of answer: Answer) -> String {
        let body = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        guard member == "verdict" else { return text(find(member, in: body)) }
        guard let problem = answer.problem else {
            let decision = text(find("decision", in: body))
            return decision == "downgrade" ? "downgrade \(text(find("model", in: body)))" : decision
        }
        let names = (find("violations", in: body) as? [Any])?.map { text(find("envelope", in: $0)) } ?? []
        return ([String(answer.status), problem] + names).joined(separator: " ")
    }

    private static func find(_ member: String, in body: Any?) -> Any? {
        member.split(separator: ".").reduce(body) { value, part in
            if let list = value as? [Any] { return Int(part).flatMap { list.indices.contains($0) ? list[$0] : nil } }
            return (value as? [String: Any])?[String(part)]
        }
    }

    private static func text(_ value: Any?) -> String {
        switch value {
        case nil, is NSNull: "-"
        case let text as String: text
        case let list as [Any]: list.map { text($0) }.joined(separator: ",")
        case let object as [String: Any]: object.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }.joined(separator: ",")
        case let value?: "\(value)"
        }
    }
}
