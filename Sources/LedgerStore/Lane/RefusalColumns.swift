internal import JSON
internal import Ledger
internal import Postgres

/// The refusals that a batch records: each as a fact up to a cap per agent and minute, the rest counted, so that a
/// loop cannot fill the disk.
struct RefusalColumns {
    private(set) var ids: [Identifier] = []
    private var keys: [Identifier] = []
    private var problems: [String] = []
    private var models: [String?] = []
    private var tools: [String?] = []
    private var tags: [[UInt8]] = []
    private var costs: [Int64] = []
    private var tokens: [Int64] = []
    private var steps: [Int64?] = []
    private var stateHashes: [String?] = []
    private var verdicts: [[UInt8]] = []
    private var usage = UsageColumns()
    private(set) var counted: [String: Int64] = [:]

    var isEmpty: Bool { ids.isEmpty && counted.isEmpty }

    mutating func append(id: Identifier, request: ReserveRequest, tags: Tags, amounts: Amounts, problem: String, verdicts: [UInt8]) {
        ids.append(id)
        keys.append(request.key.id)
        problems.append(problem)
        models.append(request.model)
        tools.append(request.tool)
        self.tags.append(TagsJSON.encode(tags))
        costs.append(amounts.cost)
        tokens.append(amounts.tokens)
        steps.append(request.step)
        stateHashes.append(request.stateHash)
        self.verdicts.append(verdicts)
        usage.append(request.usage, statedCost: request.statedCost)
    }

    mutating func count(agent: String) { counted[agent, default: 0] += 1 }

    func insert(organisation: Identifier, at now: Timestamp, policyVersion: Int64) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.int8(policyVersion)
        parameters.uuidArray(ids)
        parameters.uuidArray(keys)
        parameters.textArray(problems)
        parameters.textArray(models)
        parameters.textArray(tools)
        parameters.jsonbArray(tags)
        parameters.int8Array(costs)
        parameters.int8Array(tokens)
        parameters.int8Array(steps)
        parameters.textArray(stateHashes)
        parameters.jsonbArray(verdicts)
        usage.append(to: &parameters)
        return PipelineStep(LaneStatements.insertRefusals, parameters)
    }

    func count(organisation: Identifier, minute: Timestamp) -> PipelineStep {
        // One order for all lanes, so that two of them never wait for each other.
        let agents = counted.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.textArray(agents.map(\.key))
        parameters.timestampArray(agents.map { _ in minute.microseconds })
        parameters.int8Array(agents.map(\.value))
        return PipelineStep(LaneStatements.countRefusals, parameters)
    }
}
