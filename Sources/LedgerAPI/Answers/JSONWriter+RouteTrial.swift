internal import JSON
internal import Ledger
internal import LedgerStore

/// Cheaper routes on trial.
extension JSONWriter {
    mutating func routeTrial(_ trial: StoredRouteTrial) {
        object { writer in
            writer.name("id")
            writer.id(trial.id)
            writer.name("workflow_name")
            writer.string(trial.workflow)
            writer.name("to")
            writer.string(trial.tier)
            writer.name("state")
            writer.string(trial.state.rawValue)
            writer.name("reason")
            writer.string(trial.reason)
            writer.name("author")
            writer.string(trial.author)
            writer.name("started_at")
            writer.time(trial.startedAt)
            writer.name("cycle_days")
            writer.integer(trial.cycleDays)
            writer.name("next_verdict_at")
            writer.time(trial.nextAt)
            writer.name("verdicts")
            writer.array(trial.verdicts) { $0.verdict($1) }
            writer.name("ended_at")
            writer.time(trial.end?.at)
            writer.name("ended_by")
            writer.string(trial.end?.author)
            writer.name("end_reason")
            writer.string(trial.end?.reason)
        }
    }

    private mutating func verdict(_ verdict: StoredRouteTrial.Verdict) {
        object { writer in
            writer.name("cycle")
            writer.integer(verdict.cycle)
            writer.name("finding")
            writer.string(verdict.finding?.rawValue)
            writer.name("state")
            writer.string(verdict.state.rawValue)
            writer.name("reason")
            writer.string(verdict.reason)
            writer.name("author")
            writer.string(verdict.author)
            writer.name("at")
            writer.time(verdict.at)
            writer.name("measured")
            if let measured = verdict.measured { writer.raw(measured) } else { writer.null() }
        }
    }
}
