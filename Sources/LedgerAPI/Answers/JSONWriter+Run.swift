internal import JSON
internal import Ledger
internal import LedgerStore

extension JSONWriter {
    /// A run with a page of its steps.
    ///
    /// - Parameter now: the end of the times within which breakers count.
    mutating func run(_ run: StoredRun, at now: Timestamp) {
        object { writer in
            writer.name("run_id")
            writer.string(run.id)
            writer.name("state")
            writer.string(run.state.rawValue)
            writer.name("tags")
            writer.tags(run.tags)
            writer.name("first_at")
            writer.time(run.firstAt)
            writer.name("last_at")
            writer.time(run.lastAt)
            writer.sums(run)
            writer.name("refused")
            writer.refused(run)
            writer.name("suspensions")
            writer.array(run.suspensions) { $0.suspended($1) }
            writer.name("counters")
            writer.array(run.counters) { $0.counter($1, at: now) }
            writer.name("steps")
            writer.array(run.steps) { $0.raw(RunJSON.encode($1)) }
            writer.name("next")
            writer.string(run.next?.description)
        }
    }

    private mutating func sums(_ run: StoredRun) {
        name("cost")
        money(run.charged.cost)
        name("tokens")
        integer(run.charged.tokens)
        name("model_calls")
        integer(run.charged.modelCalls)
        name("tool_calls")
        integer(run.charged.toolCalls)
        name("held")
        amounts(run.held)
        name("admitted")
        integer(run.admitted)
        name("open_holds")
        integer(run.openHolds)
    }

    private mutating func refused(_ run: StoredRun) {
        object { writer in
            writer.name("recorded")
            writer.integer(run.refusals.reduce(0) { $0 + $1.count })
            writer.name("by_problem")
            writer.object { writer in
                for refusal in run.refusals {
                    writer.name(refusal.problem)
                    writer.integer(refusal.count)
                }
            }
            writer.name("unrecorded_of_agents")
            writer.integer(run.uncounted)
        }
    }

    private mutating func counter(_ counter: Counter, at now: Timestamp) {
        object { writer in
            writer.name("scope")
            writer.string(counter.identity.scope.isEmpty ? nil : counter.identity.scope)
            writer.name("tool")
            writer.string(counter.identity.tool)
            writer.name("steps")
            writer.integer(counter.steps)
            writer.name("cost")
            writer.money(counter.spent)
            writer.name("failed_tool_answers")
            writer.integer(counter.failures)
            writer.name("same_state")
            writer.integer(counter.states.highest)
            writer.name("tool_calls")
            writer.integer(counter.ring?.total(at: now))
            writer.name("within_seconds")
            writer.integer(counter.identity.withinSeconds)
            writer.name("probation_steps_left")
            writer.integer(counter.probation?.left)
            writer.name("told")
            writer.array(counter.told) { $0.string($1) }
        }
    }

    private mutating func suspended(_ suspended: StoredRun.Suspended) {
        let suspension = suspended.suspension
        object { writer in
            writer.name("id")
            writer.id(suspension.id)
            writer.name("subject")
            writer.subject(suspension.subject)
            writer.name("rule")
            writer.string(suspension.rule)
            writer.name("reason")
            writer.string(suspension.reason)
            writer.name("opened_at")
            writer.time(suspension.openedAt)
            writer.name("opened_by")
            writer.string(suspended.openedBy)
            writer.name("open")
            writer.bool(suspended.isOpen)
        }
    }
}
