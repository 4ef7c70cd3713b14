/// Who answers what the demo's agents ask: the demo itself, with a key of its own, or a person.
struct DemoApprover: Sendable {
    private struct Approve: Encodable { let amount: Int, reason: String }

    /// How long a person has.
    private static let patience = Duration.seconds(600)
    /// How many more calls the demo's approver grants.
    private static let granted = 10

    let client: DemoClient
    /// Nil: a person answers.
    let key: String?
    let screen: DemoScreen

    /// - Returns: whether it was approved.
    func answer(_ approval: String, for agent: DemoAgent) async throws -> Bool {
        if let key {
            let answer = try await client.with(key: key).post(
                "/v1/approvals/\(approval)/approve", Approve(amount: Self.granted, reason: "the demo's approver has looked at it"))
            guard answer.status == 200 else { throw DemoError("the demo's approver could not approve: \(answer.problem)") }
            screen.tell(agent, "the demo's approver grants \(Self.granted) more calls")
            return true
        }
        screen.tell(
            agent,
            """
            approve it with a key that has the role approver:
              curl -s \(client.url)/v1/approvals/\(approval)/approve -H "Authorization: Bearer $PURSER_KEY" \
            -H 'Content-Type: application/json' -d '{"amount":\(Self.granted),"reason":"looks right"}'
            """)
        let end = ContinuousClock.now.advanced(by: Self.patience)
        while ContinuousClock.now < end {
            let answer = try await client.get("/v1/approvals/\(approval)?wait=25")
            guard answer.status == 200 else { throw DemoError("the approval cannot be looked at: \(answer.problem)") }
            let state = try answer.decode(DemoCall.Approval.self).state
            if state != "pending" {
                screen.tell(agent, "a person has answered: \(state)")
                return state == "approved"
            }
        }
        screen.tell(agent, "nobody answered within ten minutes")
        return false
    }
}
