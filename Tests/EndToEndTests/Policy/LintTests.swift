import Testing

extension EndToEnd {
    /// Mistakes in a policy are answered with their lines, and with what to write instead.
    @Suite
    struct LintTests {
        private static let documents = BrokenDocument.syntax + BrokenDocument.envelopes + BrokenDocument.plans + BrokenDocument.rules

        @Test
        func everyMistakeIsNamedWithItsLineAndNothingIsStored() async throws {
            try await Replicas.with(1) { replicas in
                let client = replicas.first
                for (number, document) in Self.documents.enumerated() {
                    for query in ["?dry_run=true", ""] {
                        let answer = try await client.send(.post, "/v1/policy/versions" + query, body: document.text, type: "application/yaml")
                        #expect(answer.status == 422 && answer.problem == "policy-invalid", "document \(number): \(answer)\n\(document.text)")
                        let problem: ProblemAnswer = try answer.decoded(answer.status)
                        #expect(document.faults(in: problem.errors ?? []) == [], "document \(number):\n\(document.text)")
                        #expect(problem.detail.contains("nothing was stored"))
                    }
                }
                #expect(Self.documents.count >= 40)
                #expect(try await client.get("/v1/policy").status == 404)
                let versions: Page<VersionView> = try await client.get("/v1/policy/versions").decoded(200)
                #expect(versions.data.isEmpty)
            }
        }

        private struct VersionView: Decodable { let version: Int }

        @Test(arguments: ["support-automation", "procurement", "coding-agents"])
        func theSamplesHaveNoMistakes(folder: String) async throws {
            let text = try Story.text(of: folder)
            try await Replicas.with(1) { replicas in
                let answer = try await replicas.first.send(.post, "/v1/policy/versions?dry_run=true", body: text, type: "application/yaml")
                #expect(answer.status == 200 && answer.body.contains("\"valid\":true"), "\(answer)")
                #expect(try await replicas.first.get("/v1/policy").status == 404)
            }
        }
    }
}
