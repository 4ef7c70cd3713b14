internal import JSON
internal import Ledger

/// What results cost.
extension JSONWriter {
    mutating func economics(_ report: WorkflowReport) {
        object { writer in
            writer.name("workflow_name")
            writer.string(report.name)
            writer.name("owner")
            writer.string(report.workflow?.owner)
            writer.name("outcome")
            writer.string(report.workflow?.outcome)
            writer.figures(report.now)
            writer.name("target_cost")
            writer.string(report.workflow?.targetCost?.description)
            writer.name("human_baseline")
            writer.string(report.workflow?.humanCost?.description)
            writer.name("trend")
            writer.object { writer in
                writer.figures(report.before)
                writer.name("change_percent")
                writer.decimal(report.now.change(from: report.before), scale: 2)
            }
            writer.name("changes")
            writer.array(report.changes) { $0.change($1) }
            writer.name("caps")
            writer.array(report.caps) { $0.cap($1.standing, $1.advice) }
        }
    }

    private mutating func figures(_ economics: UnitEconomics) {
        let sums = economics.sums
        name("cost_per_outcome")
        string(economics.costPerOutcome.map { Money(nanos: $0).description })
        name("outcomes")
        integer(sums.outcomes)
        for (name, amount) in [
            ("cost", economics.cost.total), ("usage_cost", economics.cost.usage), ("human_cost", economics.cost.human),
            ("orchestration_cost", economics.cost.orchestration), ("fixed_cost", economics.cost.fixed),
        ] {
            self.name(name)
            money(amount)
        }
        name("benefit")
        string(economics.benefit.map { Money(nanos: $0).description })
        name("roi")
        decimal(economics.returnOnInvestment, scale: 4)
        name("quality")
        decimal(sums.meanQuality, scale: 3)
        name("human_minutes")
        decimal(sums.humanMinutes, scale: 3)
        name("rework_minutes")
        decimal(sums.reworkMinutes, scale: 3)
        name("model_calls")
        integer(sums.modelCalls)
        name("tool_calls")
        integer(sums.toolCalls)
    }

    private mutating func change(_ change: WorkflowChange) {
        object { writer in
            writer.name("kind")
            writer.string(change.kind.rawValue)
            writer.name("at")
            writer.time(change.at)
            writer.name("what")
            writer.string(change.what)
            writer.name("before")
            writer.object { $0.figures(change.before) }
            writer.name("after")
            writer.object { $0.figures(change.after) }
            writer.name("change_percent")
            writer.decimal(change.after.change(from: change.before), scale: 2)
        }
    }

    private mutating func cap(_ standing: CapAdvice.Standing, _ advice: CapAdvice) {
        object { writer in
            writer.name("envelope")
            writer.string(advice.envelope)
            writer.name("advice")
            writer.string(advice.direction.rawValue)
            writer.name("limit")
            writer.money(standing.limit)
            writer.name("used")
            writer.money(standing.used)
            writer.name("suggested_limit")
            writer.string(advice.suggested.map { Money(nanos: $0).description })
            writer.name("reasons")
            writer.array(advice.reasons) { $0.string($1) }
        }
    }
}
