internal import Ledger
internal import Postgres

/// The ends, late charges and direct charges that a batch books, column by column.
struct SettlementColumns {
    enum Kind: String {
        case end, late, direct
    }

    /// One fact to be.
    struct Row {
        var reservation: Identifier
        var kind: Kind
        var openedAt: Timestamp
        var state: Ending.State
        var key: Identifier?
        var fingerprint: Identifier?
        var model: String?
        var tool: String?
        var tags: [UInt8]?
        var report = UsageReport()
        var step: Int64?
        var reason: String?
        /// Of a direct charge; a hold's settlement has those of the hold.
        var shadows: [Shadow] = []
        var charged: Amounts
    }

    private(set) var reservations: [Identifier] = []
    private(set) var kinds: [String] = []
    private var openedAt: [Int64] = []
    private var states: [String] = []
    private var keys: [Identifier?] = []
    private var fingerprints: [Identifier?] = []
    private var models: [String?] = []
    private var tools: [String?] = []
    private var tags: [[UInt8]?] = []
    private var usage = UsageColumns()
    private var sources: [String?] = []
    private var statuses: [String?] = []
    private var latencies: [Int64?] = []
    private var routeReasons: [String?] = []
    private var stateHashes: [String?] = []
    private var steps: [Int64?] = []
    private var reasons: [String?] = []
    private var shadows: [[UInt8]?] = []
    private var costs: [Int64] = []
    private var tokens: [Int64] = []
    private var modelCalls: [Int64] = []
    private var toolCalls: [Int64] = []
    private var entries = EntryColumns()

    mutating func append(_ row: Row, entries: [Entry]) {
        reservations.append(row.reservation)
        kinds.append(row.kind.rawValue)
        openedAt.append(row.openedAt.microseconds)
        states.append(row.state.rawValue)
        keys.append(row.key)
        fingerprints.append(row.fingerprint)
        models.append(row.model)
        tools.append(row.tool)
        tags.append(row.tags)
        usage.append(row.report.usage, statedCost: row.report.statedCost)
        sources.append(row.report.source?.rawValue)
        statuses.append(row.report.status?.rawValue)
        latencies.append(row.report.latencyMilliseconds)
        routeReasons.append(row.report.routeReason)
        stateHashes.append(row.report.stateHash)
        steps.append(row.step)
        reasons.append(row.reason)
        shadows.append(ShadowJSON.encode(row.shadows))
        costs.append(row.charged.cost)
        tokens.append(row.charged.tokens)
        modelCalls.append(row.charged.modelCalls)
        toolCalls.append(row.charged.toolCalls)
        self.entries.append(entries)
    }

    func insert(organisation: Identifier, at now: Timestamp, policyVersion: Int64) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.int8(policyVersion)
        parameters.uuidArray(reservations)
        parameters.textArray(kinds)
        parameters.timestampArray(openedAt)
        parameters.textArray(states)
        parameters.uuidArray(keys)
        parameters.uuidArray(fingerprints)
        parameters.textArray(models)
        parameters.textArray(tools)
        parameters.jsonbArray(tags)
        usage.append(to: &parameters)
        parameters.textArray(sources)
        parameters.textArray(statuses)
        parameters.int8Array(latencies)
        parameters.textArray(routeReasons)
        parameters.textArray(stateHashes)
        parameters.int8Array(steps)
        parameters.textArray(reasons)
        parameters.jsonbArray(shadows)
        parameters.int8Array(costs)
        parameters.int8Array(tokens)
        parameters.int8Array(modelCalls)
        parameters.int8Array(toolCalls)
        parameters.int4Array(entries.first)
        parameters.int4Array(entries.last)
        parameters.uuidArray(entries.balances)
        parameters.int8Array(entries.heldChanges)
        parameters.int8Array(entries.spentChanges)
        parameters.int8Array(entries.versions)
        parameters.int8Array(entries.held)
        parameters.int8Array(entries.spent)
        parameters.int8Array(entries.limits)
        parameters.uuidArray(entries.previous)
        return PipelineStep(LaneStatements.insertSettlements, parameters)
    }
}
