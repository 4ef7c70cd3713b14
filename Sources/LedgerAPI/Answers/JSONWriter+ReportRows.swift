internal import JSON
internal import Ledger
internal import LedgerStore

/// The rows of reports.
extension JSONWriter {
    mutating func row(_ row: SpendReport.Row, _ question: ReportQuestion, _ links: ReportLinks) {
        let range = question.period.buckets[row.bucket]
        object { writer in
            writer.group(question.groupBy, row.group)
            writer.name("start")
            writer.time(Timestamp(seconds: range.lowerBound))
            writer.name("end")
            writer.time(Timestamp(seconds: range.upperBound))
            writer.sums(row.sums)
            writer.name("held")
            writer.money(row.held)
            writer.previous(row.previousCost, now: row.sums.cost)
            writer.name("links")
            writer.object { writer in
                writer.name("reservations")
                writer.string(links.reservations(row.group))
                writer.name("runs")
                writer.string(links.runs(row.group, range))
            }
        }
    }

    mutating func trend(_ row: TrendReport.Row, _ dimensions: [ReportDimension]) {
        object { writer in
            writer.group(dimensions, row.group)
            writer.sums(row.sums)
            writer.previous(row.before.cost, now: row.sums.cost)
            writer.name("change")
            writer.money(row.change)
            writer.name("previous_calls")
            writer.integer(row.before.calls)
            writer.name("models")
            writer.array(row.models) { $0.model($1) }
        }
    }

    private mutating func model(_ model: TrendReport.Model) {
        object { writer in
            writer.name("model")
            writer.string(model.model)
            writer.name("cost")
            writer.money(model.sums.cost)
            writer.name("previous_cost")
            writer.money(model.before.cost)
            writer.name("calls")
            writer.integer(model.sums.calls)
            writer.name("previous_calls")
            writer.integer(model.before.calls)
            writer.name("state")
            writer.string(model.isNew ? "new" : model.isGone ? "gone" : "kept")
        }
    }

    mutating func agent(_ row: AgentReport.Row, _ range: Range<Int64>) {
        object { writer in
            writer.name("agent_id")
            writer.string(row.agentID)
            writer.name("workflow_name")
            writer.string(row.workflow)
            writer.sums(row.sums)
            writer.name("failed_percent")
            writer.percent(Change.share(row.sums.failed, of: row.sums.allCalls))
            writer.name("runs")
            writer.integer(row.runs)
            writer.name("cost_per_run")
            writer.string(row.runs > 0 ? Money(nanos: row.runCost / row.runs).description : nil)
            writer.name("cost_per_day")
            writer.money(row.dayCost)
            writer.name("median_day_cost")
            writer.string(row.median.map { Money(nanos: $0).description })
            writer.name("percent_of_median")
            writer.percent(row.median.flatMap { Change.share(row.dayCost, of: $0) })
            writer.name("above_twice_median")
            writer.bool(row.isUnusual)
            writer.name("links")
            let links = ReportLinks(dimensions: [.tag("agent_id")], filter: ReportFilter())
            writer.object { writer in
                writer.name("reservations")
                writer.string(links.reservations([row.agentID]))
                writer.name("runs")
                writer.string(links.runs([row.agentID], range))
            }
        }
    }

    mutating func coverage(_ row: CoverageReport.Row) {
        object { writer in
            writer.name("tags")
            writer.array(row.tags) { $0.string($1) }
            writer.share(row.share)
            writer.name("worst")
            writer.array(row.worst) { writer, worst in
                writer.object { writer in
                    writer.name("workflow_name")
                    writer.string(worst.workflow)
                    writer.name("agent_id")
                    writer.string(worst.agentID)
                    writer.name("calls")
                    writer.integer(worst.calls)
                    writer.name("cost")
                    writer.money(worst.cost)
                }
            }
        }
    }

    mutating func coverage(_ row: KeyCoverageReport.Row) {
        object { writer in
            writer.name("key_id")
            writer.id(row.key)
            writer.name("name")
            writer.string(row.name)
            writer.name("role")
            writer.string(row.role?.rawValue)
            writer.share(row.share)
            writer.name("lacking")
            writer.array(row.lacking) { writer, lack in
                writer.object { writer in
                    writer.name("tags")
                    writer.array(lack.tags) { $0.string($1) }
                    writer.name("calls")
                    writer.integer(lack.calls)
                    writer.name("cost")
                    writer.money(lack.cost)
                }
            }
        }
    }

    mutating func share(_ share: CoverageReport.Share) {
        name("calls")
        integer(share.calls)
        name("covered_calls")
        integer(share.coveredCalls)
        name("calls_percent")
        percent(Change.share(share.coveredCalls, of: share.calls))
        name("cost")
        money(share.cost)
        name("covered_cost")
        money(share.coveredCost)
        name("cost_percent")
        percent(Change.share(share.coveredCost, of: share.cost))
    }

    mutating func envelopeReport(_ report: EnvelopeReport) {
        let meter = report.envelope.meter
        object { writer in
            writer.name("envelope")
            writer.string(report.envelope.name)
            writer.name("owner")
            writer.string(report.envelope.owner)
            writer.name("meter")
            writer.string(meter.rawValue)
            writer.name("balances")
            writer.integer(Int64(report.balances))
            for (name, amount) in [("limit", report.limit), ("held", report.held), ("spent", report.spent)] {
                writer.name(name)
                writer.amount(amount, meter)
            }
            writer.name("used_percent")
            writer.percent(Change.share(Int64(clamping: Int128(report.held) + Int128(report.spent)), of: report.limit))
            writer.name("forecast")
            if let forecast = report.forecast { writer.amount(forecast, meter) } else { writer.null() }
            writer.name("forecast_method")
            writer.string(report.forecast == nil ? nil : "run_rate")
            writer.name("exhausted")
            writer.integer(Int64(report.exhausted))
            writer.name("will_be_exhausted")
            writer.integer(Int64(report.running))
            writer.name("partial")
            writer.bool(report.isPartial)
            writer.name("fullest")
            writer.array(report.fullest) { $0.fullest($1, meter) }
        }
    }

    private mutating func fullest(_ standing: EnvelopeReport.Standing, _ meter: Meter) {
        object { writer in
            writer.name("balance")
            writer.balance(standing.view)
            writer.name("forecast")
            if let forecast = standing.forecast { writer.amount(forecast, meter) } else { writer.null() }
            writer.name("exhausted_at")
            writer.time(standing.exhaustedAt)
        }
    }
}
