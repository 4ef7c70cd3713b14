internal import Ledger
internal import Postgres

/// The holds that a batch opens, column by column.
struct ReservationColumns {
    private(set) var ids: [Identifier] = []
    private(set) var expiresAt: [Int64] = []
    private var keys: [Identifier] = []
    private var requestedModels: [String?] = []
    private var models: [String?] = []
    private var tools: [String?] = []
    private var tags: [[UInt8]] = []
    private var usage = UsageColumns()
    private var steps: [Int64?] = []
    private var stateHashes: [String?] = []
    private var costs: [Int64] = []
    private var tokens: [Int64] = []
    private var decisions: [String] = []
    private var reasons: [String?] = []
    private var shadows: [[UInt8]?] = []
    private var entries = EntryColumns()
    private var groupKeys: [Int64] = []
    private var counters: [Identifier] = []
    private var firstCounters: [Int32] = []
    private var lastCounters: [Int32] = []

    /// - Parameter held: the same hold, as its end will find it.
    mutating func append(_ hold: AdmittedHold, as held: HeldReservation, _ call: Call, request: ReserveRequest, entries: [Entry]) {
        ids.append(hold.id)
        expiresAt.append(hold.expiresAt.microseconds)
        keys.append(request.key.id)
        requestedModels.append(request.model)
        models.append(hold.model)
        tools.append(request.tool)
        tags.append(held.tags)
        usage.append(request.usage, statedCost: request.statedCost)
        steps.append(request.step)
        stateHashes.append(request.stateHash)
        costs.append(hold.held.cost)
        tokens.append(hold.held.tokens)
        decisions.append(hold.decision)
        reasons.append(hold.reason)
        self.shadows.append(ShadowJSON.encode(held.shadows))
        self.entries.append(entries)
        groupKeys.append(UsageDimension.groupKey(of: call))
        firstCounters.append(Int32(counters.count + 1))
        counters += held.counters
        lastCounters.append(Int32(counters.count))
    }

    func insert(organisation: Identifier, at now: Timestamp, policyVersion: Int64) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.int8(policyVersion)
        parameters.uuidArray(ids)
        parameters.timestampArray(expiresAt)
        parameters.uuidArray(keys)
        parameters.textArray(requestedModels)
        parameters.textArray(models)
        parameters.textArray(tools)
        parameters.jsonbArray(tags)
        usage.append(to: &parameters)
        parameters.int8Array(steps)
        parameters.textArray(stateHashes)
        parameters.int8Array(costs)
        parameters.int8Array(tokens)
        parameters.textArray(decisions)
        parameters.textArray(reasons)
        parameters.jsonbArray(shadows)
        parameters.int4Array(entries.first)
        parameters.int4Array(entries.last)
        parameters.uuidArray(entries.balances)
        parameters.int8Array(entries.heldChanges)
        parameters.int8Array(entries.versions)
        parameters.int8Array(entries.held)
        parameters.int8Array(entries.spent)
        parameters.int8Array(entries.limits)
        parameters.uuidArray(entries.previous)
        parameters.int4Array(firstCounters)
        parameters.int4Array(lastCounters)
        parameters.uuidArray(counters)
        return PipelineStep(LaneStatements.insertReservations, parameters)
    }

    func insertOpen(organisation: Identifier) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        parameters.timestampArray(expiresAt)
        parameters.int8Array(costs)
        parameters.int8Array(groupKeys)
        return PipelineStep(LaneStatements.insertOpenReservations, parameters)
    }
}
