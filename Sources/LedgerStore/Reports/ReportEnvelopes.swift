internal import Ledger

/// Which envelopes of the policy in force a sum belongs to.
struct ReportEnvelopes {
    private let envelopes: [Envelope]
    private let routes: Routes
    /// The one that is filtered by.
    private let only: Envelope?
    /// Tags that the envelopes look at.
    let names: [String]

    /// - Parameters:
    ///   - all: whether every envelope is asked for; else the one that is filtered by.
    /// - Throws: `ReportError` where the one that is filtered by cannot be told from sums.
    init(_ policy: Policy, all: Bool, only name: String?) throws {
        routes = policy.routes
        only = try name.map { name in
            guard let envelope = policy.envelopes.first(where: { $0.name == name }) else { throw ReportError.unknownEnvelope(name) }
            if let label = envelope.match.map(\.label).first(where: ReportDimension.leftOut.contains) {
                throw ReportError.envelopeOutOfReach(name, label: label)
            }
            return envelope
        }
        envelopes =
            all ? policy.envelopes.filter { envelope in !envelope.match.contains { ReportDimension.leftOut.contains($0.label) } } : []
        let labels = (envelopes + (only.map { [$0] } ?? [])).flatMap(\.match).map(\.label)
        names = Set(labels).subtracting(Call.reservedLabels).sorted()
    }

    /// Whether a sum must be told by tags, model and tool to be given to envelopes.
    var isAsked: Bool { only != nil || !envelopes.isEmpty }

    /// Whether the one that is filtered by selects a call.
    func admits(_ call: Call) -> Bool { only?.matches(call) ?? true }

    /// The names of the envelopes that select a call.
    func matching(_ call: Call) -> [String] { envelopes.filter { $0.matches(call) }.map(\.name) }

    func call(tags: Tags, model: String?, tool: String?) -> Call {
        let tier = tool.map { routes.tier(ofTool: $0) } ?? model.flatMap { routes.tier(ofModel: $0) }
        return Call(tags: tags, model: model, tool: tool, tier: tier, amounts: .zero)
    }
}
