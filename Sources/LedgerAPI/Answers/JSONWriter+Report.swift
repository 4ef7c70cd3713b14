internal import JSON
internal import Ledger
internal import LedgerStore

/// What reports have in common.
extension JSONWriter {
    /// The members that say of which time a report is.
    mutating func period(_ period: ReportPeriod, waiting: Int64, currency: String) {
        name("from")
        time(Timestamp(seconds: period.range.lowerBound))
        name("to")
        time(Timestamp(seconds: period.range.upperBound))
        name("previous_from")
        time(Timestamp(seconds: period.before.lowerBound))
        name("previous_to")
        time(Timestamp(seconds: period.before.upperBound))
        name("time_zone")
        string(period.zone.name)
        name("currency")
        string(currency)
        name("pending_settlements")
        integer(waiting)
    }

    mutating func group(_ dimensions: [ReportDimension], _ values: [String?]) {
        name("group")
        object { writer in
            for (dimension, value) in zip(dimensions, values) {
                writer.name(dimension.name)
                writer.string(value)
            }
        }
    }

    mutating func sums(_ sums: UsageSums) {
        name("cost")
        money(sums.cost)
        name("calls")
        integer(sums.calls)
        name("tool_calls")
        integer(sums.toolCalls)
        name("failed")
        integer(sums.failed)
        name("empty")
        integer(sums.empty)
        name("unused_holds")
        integer(sums.unused)
        name("tokens")
        integer(sums.tokens)
        name("input_tokens")
        integer(sums.inputTokens)
        name("cached_input_tokens")
        integer(sums.cachedTokens)
        name("output_tokens")
        integer(sums.outputTokens)
        name("reasoning_tokens")
        integer(sums.reasoningTokens)
        name("mean_latency_ms")
        integer(sums.timed > 0 ? sums.latencyMilliseconds / sums.timed : nil)
    }

    /// A number with two decimals.
    mutating func percent(_ hundredths: Int64?) {
        guard let hundredths else { return null() }
        var digits: [UInt8] = []
        ExactDecimal.write(hundredths, scale: 2) { digits.append($0) }
        raw(digits)
    }

    mutating func previous(_ previous: Int64, now cost: Int64) {
        name("previous_cost")
        money(previous)
        name("change_percent")
        percent(Change.hundredthsOfPercent(from: previous, to: cost))
    }

    mutating func forecast(_ forecast: SpendForecast?) {
        guard let forecast else { return null() }
        object { writer in
            writer.name("from")
            writer.time(Timestamp(seconds: forecast.month.lowerBound))
            writer.name("until")
            writer.time(Timestamp(seconds: forecast.month.upperBound))
            writer.name("spent")
            writer.money(forecast.spent)
            writer.name("cost")
            writer.money(forecast.cost)
            writer.name("method")
            writer.string(forecast.method.rawValue)
            writer.name("known_days")
            writer.integer(Int64(forecast.knownDays))
        }
    }
}
