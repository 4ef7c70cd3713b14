import Postgres
import Testing

extension EndToEnd {
    /// `purser verify` finds what is wrong; that it finds nothing would mean little otherwise.
    @Suite
    struct VerificationTests {
        /// What somebody with the owner's rights might do to each table.
        private static let damages = [
            ("balances", "UPDATE balances SET held = held + 1 WHERE envelope = 'all'"),
            ("balances", "UPDATE balances SET spent = spent - 1 WHERE envelope = 'all'"),
            ("balances", "UPDATE balances SET version = version + 1 WHERE envelope = 'team'"),
            ("open_reservations", "DELETE FROM open_reservations"),
            ("open_reservations", "INSERT INTO open_reservations SELECT org_id, reservation_id, settled_at FROM settlements WHERE kind = 'end'"),
            ("open_reservations", "INSERT INTO open_reservations SELECT org_id, gen_random_uuid(), now() FROM orgs"),
            ("settlements", "DELETE FROM settlements WHERE state = 'committed' AND kind = 'end'"),
            ("settlements", "DELETE FROM settlements WHERE kind = 'late'"),
            ("settlements", "DELETE FROM settlements WHERE kind = 'direct'"),
            ("settlements", "UPDATE settlements SET charges[1] = charges[1] + 1 WHERE kind = 'direct'"),
            ("settlements", "UPDATE settlements SET kind = 'late' WHERE state = 'committed' AND kind = 'end'"),
            ("reservations", "UPDATE reservations SET amounts[1] = amounts[1] - 1"),
            ("reservations", "UPDATE reservations SET held[2] = held[2] + 1 WHERE cost = 300000000"),
            ("reservations", "DELETE FROM reservations WHERE cost = 300000000"),
            ("seals", "DELETE FROM seals WHERE position = 1"),
            ("seals", "UPDATE seals SET chain = digest WHERE position = 1"),
        ]

        @Test
        func everyDamageIsFound() async throws {
            try await Replicas.with(1) { replicas in
                try await fill(replicas.first)
                // Before the damage, which would be sealed with the rest otherwise.
                #expect(try await replicas.first.send(.post, "/v1/schedules/seal-ledger/run").status == 200)
                try await replicas.expectSound()
                let session = try Session.connect(ConnectionSettings(replicas.databaseURL))
                defer { session.close() }
                for (table, damage) in Self.damages {
                    try session.run("CREATE TABLE saved AS TABLE \(table); \(damage)")
                    let verification = try await replicas.program.run("verify")
                    #expect(verification.status == 1, "verify finds nothing after \(damage)")
                    #expect(verification.output.split(separator: "\n").count > 1, "\(verification.output)")
                    if table != "seals" {
                        #expect(try !LedgerTables.read(replicas.databaseURL).faults().isEmpty, "the tests find nothing after \(damage)")
                    }
                    try session.run("TRUNCATE \(table); INSERT INTO \(table) SELECT * FROM saved; DROP TABLE saved")
                }
                try await replicas.expectSound()
            }
        }

        /// One hold of each fate, and a direct charge.
        private func fill(_ client: APIClient) async throws {
            try await client.apply(
                policy: "envelopes: [ { name: all, meter: cost, limit: \"100\" }, { name: team, per: [team_id], meter: cost, limit: \"100\" } ]")
            var ids: [String] = []
            for cost in ["0.10", "0.20", "0.30"] {
                let answer = try await client.reserve(Call(["team_id": "t"], cost: cost), key: cost)
                ids.append(try answer.decoded(201, as: HoldAnswer.self).id)
            }
            #expect(try await client.commit(ids[0], "{\"cost\":\"0.15\"}").status == 200)
            #expect(try await client.release(ids[1]).status == 200)
            #expect(try await client.commit(ids[1], "{\"cost\":\"0.05\"}").status == 200)
            #expect(try await client.charge(Call(["team_id": "t"], cost: "0.25").usageBody, key: "direct").status == 201)
        }
    }
}
