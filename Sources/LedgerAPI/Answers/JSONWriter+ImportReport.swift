internal import JSON
internal import Ledger

/// The report on an import.
extension JSONWriter {
    mutating func importReport(_ summary: LogSummary, currency: String) {
        let plan = StarterPlan(summary)
        object { writer in
            writer.name("currency")
            writer.string(currency)
            writer.name("first_at")
            writer.string(summary.first?.description)
            writer.name("last_at")
            writer.string(summary.last?.description)
            writer.name("total")
            writer.object { $0.logSums(summary.total) }
            writer.name("without_owner")
            writer.object { writer in
                writer.logSums(summary.ownerless)
                writer.name("percent")
                writer.percent(summary.ownerless.cost.nanos, of: summary.total.cost.nanos)
            }
            writer.name("days")
            writer.array(summary.days) { writer, day in
                writer.object { writer in
                    writer.name("day")
                    writer.string(String(Timestamp(seconds: day.day.daysSince1970 * 86_400).description.prefix(10)))
                    writer.logSums(day.sums)
                }
            }
            writer.name("coverage")
            writer.array(summary.coverage) { $0.coverage($1, of: summary.total) }
            writer.name("dearest")
            writer.object { writer in
                for label in LogSummary.labels {
                    writer.name(label)
                    writer.array(summary.groups[label] ?? []) { writer, group in
                        writer.object { writer in
                            writer.name("value")
                            writer.string(group.value)
                            writer.logSums(group.sums)
                        }
                    }
                }
            }
            writer.runs(summary)
            writer.name("suggested_caps")
            writer.array(plan.caps + [plan.total]) { $0.cap($1) }
        }
    }

    private mutating func logSums(_ sums: LogSums) {
        name("cost")
        string(sums.cost.description)
        name("calls")
        integer(sums.allCalls)
        name("tool_calls")
        integer(sums.toolCalls)
        name("failed")
        integer(sums.failed)
        name("tokens")
        integer(sums.tokens)
    }

    /// With one decimal; 0 of nothing.
    private mutating func percent(_ part: Int64, of whole: Int64) {
        let thousandths = whole > 0 ? Int64(clamping: (Int128(part) * 1_000 + Int128(whole) / 2) / Int128(whole)) : 0
        raw(ExactDecimal.text(thousandths, scale: 1).utf8)
    }

    private mutating func coverage(_ coverage: LogCoverage, of total: LogSums) {
        object { writer in
            writer.name("tag")
            writer.string(coverage.tag)
            writer.name("missing_calls")
            writer.integer(coverage.missing.allCalls)
            writer.name("missing_cost")
            writer.string(coverage.missing.cost.description)
            writer.name("missing_percent")
            writer.percent(coverage.missing.allCalls, of: total.allCalls)
            writer.name("by")
            writer.string(coverage.culprits?.label)
            writer.name("most")
            writer.array(coverage.culprits?.groups ?? []) { writer, group in
                writer.object { writer in
                    writer.name("value")
                    writer.string(group.value)
                    writer.name("missing_calls")
                    writer.integer(group.sums.allCalls)
                    writer.name("missing_cost")
                    writer.string(group.sums.cost.description)
                }
            }
        }
    }

    private mutating func runs(_ summary: LogSummary) {
        let lengths = summary.lengths
        name("runs")
        object { writer in
            for (name, count) in [
                ("count", lengths.count), ("median_calls", lengths.median), ("p99_calls", lengths.percentile99),
                ("p999_calls", lengths.percentile999),
                ("longest_calls", lengths.longest),
            ] {
                writer.name(name)
                writer.integer(count)
            }
            writer.name("dearest")
            writer.array(summary.runs) { $0.logRun($1) }
            writer.name("loops")
            writer.array(summary.loops) { $0.logRun($1) }
        }
    }

    private mutating func logRun(_ run: LogRun) {
        object { writer in
            writer.name("run_id")
            writer.string(run.id)
            writer.logSums(run.sums)
            writer.name("identical_calls")
            writer.integer(run.identical)
            writer.name("first_at")
            writer.time(run.first)
            writer.name("last_at")
            writer.time(run.last)
            writer.name("tags")
            writer.object { writer in
                for tag in run.tags.entries {
                    writer.name(tag.name)
                    writer.string(tag.value)
                }
            }
        }
    }

    private mutating func cap(_ cap: StarterPlan.Cap) {
        object { writer in
            writer.name("envelope")
            writer.string(cap.name)
            writer.name("tag")
            writer.string(cap.tag)
            writer.name("value")
            writer.string(cap.value)
            writer.name("spent")
            writer.string(cap.spent.description)
            writer.name("monthly")
            writer.string(cap.monthly.description)
            writer.name("limit")
            writer.string(cap.limit.description)
        }
    }
}
