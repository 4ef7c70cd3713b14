internal import Ledger
internal import Postgres

/// The balances whose route a batch switches.
struct RouteColumns {
    private var downgraded: [Identifier: Event] = [:]
    private var restored: Set<Identifier> = []

    /// Of several switches of one balance the last counts.
    mutating func note(_ event: Event) {
        guard let id = event.identity?.id else { return }
        switch event.kind {
        case .routeDowngraded:
            downgraded[id] = event
            restored.remove(id)
        case .routeRestored:
            downgraded[id] = nil
            restored.insert(id)
        default: break
        }
    }

    func steps(organisation: Identifier, at now: Timestamp) -> [PipelineStep] {
        var steps: [PipelineStep] = []
        if !restored.isEmpty {
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuidArray(restored.sorted())
            steps.append(PipelineStep(GuardStatements.deleteDowngraded, parameters))
        }
        if !downgraded.isEmpty {
            let events = downgraded.sorted { $0.key < $1.key }.map(\.value)
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            parameters.uuidArray(events.map { $0.identity?.id ?? .none })
            parameters.textArray(events.map(\.envelope))
            parameters.textArray(events.map { $0.tier ?? "" })
            parameters.textArray(events.map(\.reason))
            parameters.timestampArray(events.map { $0.identity?.window.end?.microseconds })
            steps.append(PipelineStep(GuardStatements.insertDowngraded, parameters))
        }
        return steps
    }
}
