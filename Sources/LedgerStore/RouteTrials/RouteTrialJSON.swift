internal import JSON
internal import Ledger

/// What was compared, as the fact keeps it and as the interface shows it.
enum RouteTrialJSON {
    static func measured(_ cycle: WorkflowSums, _ range: Range<Timestamp>, baseline: WorkflowSums, _ workflow: Workflow?) -> [UInt8] {
        let seconds = (range.upperBound.microseconds - range.lowerBound.microseconds) / 1_000_000
        var writer = JSONWriter(capacity: 512)
        writer.object { writer in
            writer.name("from")
            writer.string(range.lowerBound.description)
            writer.name("to")
            writer.string(range.upperBound.description)
            writer.name("cycle")
            writer.figures(UnitEconomics(cycle, workflow: workflow, seconds: seconds))
            writer.name("baseline")
            writer.figures(UnitEconomics(baseline, workflow: workflow, seconds: 2 * seconds))
        }
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func figures(_ economics: UnitEconomics) {
        let sums = economics.sums
        object { writer in
            writer.name("outcomes")
            writer.integer(sums.outcomes)
            writer.name("quality")
            writer.decimal(sums.meanQuality)
            writer.name("rework_per_outcome")
            writer.decimal(sums.outcomes > 0 ? sums.reworkMinutes / sums.outcomes : nil)
            writer.name("human_minutes_per_outcome")
            writer.decimal(sums.outcomes > 0 ? sums.humanMinutes / sums.outcomes : nil)
            writer.name("cost_per_outcome")
            writer.string(economics.costPerOutcome.map { Money(nanos: $0).description })
        }
    }

    private mutating func decimal(_ thousandths: Int64?) {
        if let thousandths { raw(ExactDecimal.text(thousandths, scale: 3).utf8) } else { null() }
    }
}
