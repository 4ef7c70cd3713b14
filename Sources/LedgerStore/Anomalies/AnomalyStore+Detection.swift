internal import JSON
public import Ledger
internal import Logging
internal import Postgres

extension AnomalyStore {
    /// What agents are compared with goes so far back.
    private static let comparedSeconds: Int64 = 8 * 86_400
    /// An anomaly that is not seen for so long is over.
    private static let quietSeconds: Int64 = 86_400

    private struct Key: Hashable {
        let kind: String
        let subject: Identifier
    }

    /// One that was told and is still seen, open or closed by somebody.
    private struct Standing {
        let anomaly: Identifier
        let isOpen: Bool
        let observed: Int64
        let seenAt: Timestamp
    }

    /// Looks for anomalies in every organisation, tells of new ones, and ends those that are over. The first failure is
    /// thrown at the end.
    ///
    /// - Returns: how many were new.
    @discardableResult
    public func detect(at now: Timestamp) async throws -> Int {
        var found = 0
        var failure: (any Error)?
        for organisation in try await organisations.all() where organisation.state == .active {
            try Task.checkCancellation()
            do {
                found += try await detect(organisation, at: now)
            } catch {
                if Task.isCancelled { throw error }
                logger.error("anomalies of an organisation could not be looked for", metadata: ["org": "\(organisation.name)", "error": "\(error)"])
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return found
    }

    private func detect(_ organisation: Organisation, at now: Timestamp) async throws -> Int {
        let directory = directory
        let reader = try await HistoryReader(pool: pool, organisation: organisation.id, at: now)
        let (standing, levels) = try await known(of: organisation.id)
        // Most organisations of a large installation are asleep.
        guard reader.isUsed || !standing.isEmpty,
            let state = try await pool.withSession({ try directory.look(at: organisation.id, in: $0) })
        else { return 0 }
        let rules = state.policy.anomalyRules
        let history = try await reader.read(TagCoverage(state.policy.tagRules))
        let findings = history.map { AnomalyDetector.findings(in: $0, rules: rules, at: now) } ?? []
        var new = 0
        var seen: Set<Key> = []
        for finding in findings {
            let key = Key(kind: finding.kind.rawValue, subject: Digest.identifier(finding.subject.bytes))
            seen.insert(key)
            if let old = standing[key], old.isOpen || !finding.exceeds(expected: old.observed) {
                try await touch(key, organisation.id, at: now)
                continue
            }
            if let level = levels[key], !finding.exceeds(expected: level) { continue }
            if try await tell(finding, key, state: state, reader: reader, at: now) { new += 1 }
        }
        for (key, old) in standing where !seen.contains(key) && old.seenAt.adding(seconds: Self.quietSeconds) <= now {
            try await finish(old, organisation.id, at: now)
        }
        return new
    }

    private func known(of organisation: Identifier) async throws -> (standing: [Key: Standing], levels: [Key: Int64]) {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            let open = try session.execute(AnomalyStatements.standing, parameters)
            var standing: [Key: Standing] = [:]
            for row in 0..<open.count {
                standing[Key(kind: try open.text(row, 0), subject: try open.uuid(row, 1))] = Standing(
                    anomaly: try open.uuid(row, 2), isOpen: try open.text(row, 3) == "open", observed: try open.int8(row, 4),
                    seenAt: Timestamp(microseconds: try open.timestamp(row, 5)))
            }
            let rows = try session.execute(AnomalyStatements.levels, parameters)
            var levels: [Key: Int64] = [:]
            for row in 0..<rows.count { levels[Key(kind: try rows.text(row, 0), subject: try rows.uuid(row, 1))] = try rows.int8(row, 2) }
            return (standing, levels)
        }
    }

    private func touch(_ key: Key, _ organisation: Identifier, at now: Timestamp) async throws {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.text(key.kind)
            parameters.uuid(key.subject)
            parameters.timestamp(microsecondsSince1970: now.microseconds)
            _ = try session.execute(AnomalyStatements.seen, parameters)
        }
    }

    // MARK: - New ones

    /// - Returns: false where another replica was first.
    private func tell(
        _ finding: AnomalyFinding, _ key: Key, state: OrganisationState, reader: HistoryReader, at now: Timestamp
    ) async throws -> Bool {
        let tags = try await reader.commonTags(of: finding)
        let runID = try await reader.dearestRun(of: finding)
        let suspension = try await suspend(finding, state: state, at: now)
        let workflow = state.policy.workflows.first { $0.name == finding.workflow }
        let organisation = state.organisation.id
        let id = Identifier.fresh(at: now)
        var event = Event(
            .anomalyDetected, envelope: "", owner: workflow?.owner, playbook: workflow?.playbook,
            subject: StoredAnomaly.subject(agentID: finding.agentID, workflow: finding.workflow), related: id, reason: finding.message)
        event.tags = tags
        let told = event
        let isNew = try await pool.withTransaction { session in
            var open = Parameters()
            open.uuid(organisation)
            open.text(key.kind)
            open.uuid(key.subject)
            open.uuid(id)
            open.int8(finding.observed)
            open.timestamp(microsecondsSince1970: now.microseconds)
            guard try session.execute(AnomalyStatements.open, open).affected == 1 else { return false }
            var events = EventColumns()
            events.append(told, id: .fresh(at: now, sequence: 1))
            let fact = Self.fact(
                finding, key, id: id, runID: runID, suspension: suspension, workflow: workflow, tags: tags, organisation: organisation, at: now)
            _ = try session.pipeline([fact])
            try events.write(organisation: organisation, at: now, in: session)
            return true
        }
        if isNew { signal.raise() }
        return isNew
    }

    /// The suspension that the policy asks for; opened first, so that none is told of that was not opened. What a log tells of an agent
    /// stops nobody: its calls were made elsewhere, and are over.
    private func suspend(_ finding: AnomalyFinding, state: OrganisationState, at now: Timestamp) async throws -> Identifier? {
        guard state.policy.anomalyRules.action(for: finding.kind) == .suspend, let agent = finding.agentID else { return nil }
        guard try await !isImported(agent, of: state.organisation.id, at: now) else {
            logger.notice(
                "an anomaly suspends nobody, since calls of the agent were imported",
                metadata: ["org": "\(state.organisation.name)", "agent_id": "\(agent)", "kind": "\(finding.kind.rawValue)"])
            return nil
        }
        let rule = "anomaly \(finding.kind.rawValue)"
        let draft = SuspensionDraft(subject: Subject(kind: .agent, id: agent), reason: finding.message, rule: rule, author: "policy")
        switch try await suspensions.open(draft, of: state.organisation.id) {
        case .opened(let made):
            observer?.tripped(rule, of: state.organisation)
            return made.suspension.id
        case .known(let made), .replayed(let made): return made.suspension.id
        case .mismatch: return nil
        }
    }

    private func isImported(_ agent: String, of organisation: Identifier, at now: Timestamp) async throws -> Bool {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.json(TagsJSON.encode(Tags([Tags.Tag(name: "agent_id", value: agent)])))
            parameters.timestamp(microsecondsSince1970: now.adding(seconds: -Self.comparedSeconds).microseconds)
            return try session.execute(AnomalyStatements.imported, parameters).count > 0
        }
    }

    private static func fact(
        _ finding: AnomalyFinding, _ key: Key, id: Identifier, runID: String?, suspension: Identifier?, workflow: Workflow?, tags: Tags,
        organisation: Identifier, at now: Timestamp
    ) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.text(key.kind)
        parameters.uuid(key.subject)
        parameters.text(finding.agentID)
        parameters.text(finding.workflow)
        parameters.text(runID)
        parameters.text(finding.step)
        parameters.text(finding.model)
        parameters.text(workflow?.owner)
        parameters.text(workflow?.playbook)
        parameters.text(suspension == nil ? "alert" : "suspend")
        parameters.uuid(suspension)
        parameters.int8(finding.observed)
        parameters.int8(finding.baseline)
        parameters.int8(finding.atStake)
        parameters.text(finding.message)
        parameters.json(steps(finding.steps))
        parameters.json(TagsJSON.encode(tags))
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        return PipelineStep(AnomalyStatements.insert, parameters)
    }

    /// As the interface shows them.
    private static func steps(_ steps: [AnomalyFinding.Step]) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.array(steps) { writer, step in
            writer.object { writer in
                for (name, value) in [("step_name", step.step), ("model", step.model), ("agent_id", step.agentID)] {
                    writer.name(name)
                    writer.string(value)
                }
                writer.name("cost")
                writer.string(Money(nanos: step.cost).description)
                writer.name("usual_cost")
                writer.string(Money(nanos: step.usualCost).description)
            }
        }
        return writer.bytes
    }

    // MARK: - Those that are over

    private func finish(_ old: Standing, _ organisation: Identifier, at now: Timestamp) async throws {
        let isTold = try await pool.withTransaction { session in
            var key = Parameters()
            key.uuid(organisation)
            key.uuid(old.anomaly)
            // Who closes one by hand writes in the same order: the end, then what is open.
            var isNew = false
            if old.isOpen, let anomaly = try Self.find(old.anomaly, of: organisation, in: session) {
                isNew = try Self.end(
                    anomaly, .over, reason: "it was not seen for a day", author: "purser", of: organisation, at: now, in: session)
            }
            _ = try session.execute(AnomalyStatements.forget, key)
            return isNew
        }
        if isTold { signal.raise() }
    }
}
