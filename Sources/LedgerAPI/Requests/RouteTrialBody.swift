internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/route-trials`.
struct RouteTrialBody {
    private enum Field: String, CaseIterable { case workflow_name, to, reason, cycle_days }
    private static let fields = JSONFields<Field>()

    private var workflow: String?
    private var tier: String?
    private var reason: String?
    private var cycleDays: Int64?

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .workflow_name: workflow = try reader.label(maximum: Tags.maximumValueLength)
            case .to: tier = try reader.label(maximum: 64)
            case .reason: reason = try reader.label(maximum: 1_024)
            case .cycle_days:
                cycleDays = try reader.optional { reader throws(JSONError) in try reader.integer(in: RouteTrialDraft.cycleDays) }
            }
        }
    }

    /// - Parameter routes: of the policy in force, which must have the tier.
    func draft(author: String, routes: Routes) throws -> RouteTrialDraft {
        guard let workflow else { throw Problem.invalid("/workflow_name", "say whose calls are to go to a cheaper tier") }
        guard let tier else { throw Problem.invalid("/to", "say to which tier: \(Self.names(routes))") }
        guard routes.tiers.contains(tier) else { throw Problem.invalid("/to", "the policy in force has no such tier; it has \(Self.names(routes))") }
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept in the history, and calls are told") }
        return RouteTrialDraft(
            workflow: workflow, tier: tier, reason: reason, author: author, cycleDays: cycleDays ?? RouteTrialDraft.usualCycleDays)
    }

    private static func names(_ routes: Routes) -> String { routes.tiers.isEmpty ? "none" : routes.tiers.joined(separator: ", ") }
}
