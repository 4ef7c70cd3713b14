internal import JSON
internal import Ledger
internal import WebText

/// How a run looks to others: amounts as on the wire.
public enum RunJSON {
    /// A step with everything that is known of it.
    public static func encode(_ step: RunStep) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024)
        writer.object { $0.members(step) }
        return writer.bytes
    }

    /// What a message tells beside its event, one member `run`.
    ///
    /// - Parameters:
    ///   - last: how many steps it lists at most, the last ones.
    ///   - base: what the path of the run begins with.
    public static func encode(_ log: RunReader.Log, last: Int, base: String = "") -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + min(last, log.steps.count) * 320)
        writer.object { writer in
            writer.name("run")
            writer.object { $0.members(log, last: last, base: base) }
        }
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func members(_ step: RunStep) {
        place(step)
        who(step)
        name("held")
        amounts(step.held)
        name("charged")
        amounts(step.end?.charged)
        name("late_charge")
        amounts(step.late?.charged)
        outcome(step)
        name("problem")
        string(step.problem)
        name("verdicts")
        array(step.verdicts) { $0.verdict($1) }
        name("policy_version")
        integer(step.policyVersion)
        name("totals")
        amounts(step.totals)
    }

    private mutating func place(_ step: RunStep) {
        name("number")
        integer(step.number)
        name("kind")
        string(step.kind.rawValue)
        name("id")
        string(step.id.description)
        name("state")
        string(step.state)
        name("step")
        integer(step.step)
        name("step_name")
        string(step.tags["step_name"])
        name("agent_id")
        string(step.tags["agent_id"])
        name("at")
        string(step.at.description)
        name("settled_at")
        string(step.end?.at.description)
    }

    private mutating func who(_ step: RunStep) {
        name("decision")
        string(step.decision)
        name("reason")
        string(step.reason)
        name("requested_model")
        string(step.requestedModel)
        name("model")
        string((step.late ?? step.end)?.model ?? step.model)
        name("tool")
        string(step.tool)
    }

    private mutating func outcome(_ step: RunStep) {
        let settled = step.late ?? step.end
        name("usage")
        usage(settled?.usage)
        name("usage_source")
        string(settled?.source)
        name("status")
        string(settled?.status)
        name("latency_ms")
        integer(settled?.latencyMilliseconds)
        name("route_reason")
        string(settled?.routeReason)
        name("state_hash")
        string(step.stateHash)
        name("result_state_hash")
        string(settled?.stateHash)
        name("release_reason")
        string(step.end?.reason)
    }

    private mutating func amounts(_ amounts: Amounts?) {
        guard let amounts else { return null() }
        object { writer in writer.members(amounts) }
    }

    private mutating func members(_ amounts: Amounts) {
        name("cost")
        string(Money(nanos: amounts.cost).description)
        name("tokens")
        integer(amounts.tokens)
        name("model_calls")
        integer(amounts.modelCalls)
        name("tool_calls")
        integer(amounts.toolCalls)
    }

    private mutating func verdict(_ verdict: RunVerdict) {
        object { writer in
            writer.name("kind")
            writer.string(verdict.kind.rawValue)
            writer.name("name")
            writer.string(verdict.name)
            guard let identity = verdict.identity, let action = verdict.action, let rule = verdict.rule else { return }
            writer.name("action")
            writer.string(action)
            writer.name("rule")
            writer.string(rule)
            writer.name("key")
            writer.object { writer in
                for (name, value) in zip(identity.names, identity.values) {
                    writer.name(name)
                    writer.string(value)
                }
            }
            writer.name("meter")
            writer.string(identity.meter.rawValue)
            for (name, amount) in [
                ("limit", verdict.limit), ("held", verdict.held), ("spent", verdict.spent), ("requested", verdict.requested),
            ] {
                guard let amount else { continue }
                writer.name(name)
                if identity.meter == .cost { writer.string(identity.meter.text(amount)) } else { writer.integer(amount) }
            }
        }
    }
}

// MARK: - Messages

extension JSONWriter {
    fileprivate mutating func members(_ log: RunReader.Log, last: Int, base: String) {
        let shown = log.steps.suffix(last)
        name("run_id")
        string(log.run)
        name("path")
        string(log.run.map { "\(base)/v1/runs/\(URLText.escaped($0))" })
        name("count")
        integer(log.count)
        name("complete")
        bool(shown.count == Int(log.count))
        members(log.charged)
        name("steps")
        array(shown) { writer, step in writer.object { $0.brief(step) } }
    }

    /// A step as a message lists it.
    private mutating func brief(_ step: RunStep) {
        let settled = step.late ?? step.end
        let charged = (step.end?.charged ?? .zero).clampedSum(step.late?.charged ?? .zero)
        name("number")
        integer(step.number)
        name("id")
        string(step.id.description)
        name("state")
        string(step.state)
        name("at")
        string(step.at.description)
        name("step_name")
        string(step.tags["step_name"])
        name("model")
        string(settled?.model ?? step.model ?? step.requestedModel)
        name("tool")
        string(step.tool)
        name("cost")
        string(Money(nanos: charged.cost).description)
        name("tokens")
        integer(charged.tokens)
        name("latency_ms")
        integer(settled?.latencyMilliseconds)
        name("status")
        string(settled?.status)
        name("state_hash")
        string(settled?.stateHash ?? step.stateHash)
        name("problem")
        string(step.problem)
    }
}
