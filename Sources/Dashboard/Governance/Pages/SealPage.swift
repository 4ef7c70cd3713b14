/// How far the ledger is sealed, and how that is checked.
enum SealPage {
    static func add(to site: inout Site) {
        site.page("/seal", show)
    }

    struct Content: Sendable {
        let position: String
        let digest: String
        let head: String
        let at: TimeText?
        let isEmpty: Bool
        let auditPath: String
    }

    private static func show(_ visit: Visit) async throws -> View {
        let seal: Policies.Seal = try await visit.get(["v1", "seal"])
        return View(
            "Ledger seal", entry: Paths.seal, template: "seal",
            content: Content(
                position: AmountText(count: seal.position).text, digest: seal.digest, head: "\(seal.position):\(seal.digest)",
                at: visit.text(seal.sealedAt), isEmpty: seal.position == 0, auditPath: Site.root + "/exports/audit.jsonl"))
    }
}
