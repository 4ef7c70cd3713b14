import Ledger
import TestSupport
import Testing

@testable import LedgerStore

@Suite("Who is told of a cost")
struct SpenderTests {
    @Test("stored tags say the same as the tags themselves, and what is absent is empty")
    func stored() {
        let tags = TestLedger.tags([
            "agent_id": "a \"quoted\" \u{e9}\n", "workflow_name": "w", "team_id": "t", "project": "", "cost_center": "c", "user_id": "u",
            "zone": "{\"agent_id\":\"z\"}",
        ])
        for spender in [Spender(tags), Spender(stored: TagsJSON.encode(tags))] {
            #expect(spender.agent == "a \"quoted\" \u{e9}\n" && spender.workflow == "w" && spender.team == "t")
            #expect(spender.project.isEmpty && spender.costCenter == "c" && spender.session.isEmpty)
        }
        for bytes in [[], Array("[1]".utf8), Array("{\"agent_id\": 1}".utf8)] { #expect(Spender(stored: bytes).agent.isEmpty) }
    }
}
