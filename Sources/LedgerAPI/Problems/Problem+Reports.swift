internal import Ledger
internal import LedgerStore

/// Why a report is not given.
extension Problem {
    init(_ fault: ReportFault, range: Range<Int64>, zone: Zone) {
        func time(_ seconds: Int64) -> String { Timestamp(seconds: seconds).description }
        switch fault {
        case .isEmpty: self = .invalid("?from", "begin before the end")
        case .isTooLong: self = .invalid("?from", "ask for at most \(ReportPeriod.maximumDays) days at once")
        case .hasTooManyIntervals:
            self = .invalid(
                "?interval", "that would be more than \(ReportPeriod.maximumBuckets) intervals: ask for a shorter time or longer intervals")
        case .isWithinAnHour(let bound, let before, let after):
            self = .invalid(
                bound == range.lowerBound ? "?from" : "?to",
                "usage is kept by whole hours of UTC, and \(time(bound)) lies within one: begin and end at \(time(before)) or \(time(after))")
        case .zoneIsWithinAnHour(let bound):
            self = .invalid(
                "?time_zone",
                "usage is kept by whole hours of UTC, and in \(zone.name) an interval begins at \(time(bound)): ask for intervals of hours, or for UTC"
            )
        }
    }

    init(_ error: ReportError) {
        switch error {
        case .tooManyRows(let limit):
            self = .invalid(
                "?group_by",
                "the report would have more than \(limit) rows: group by fewer tags, filter, or ask for a shorter time or longer intervals")
        case .unknownEnvelope(let name):
            self = .invalid("?envelope", "the policy in force has no envelope '\(name)'; see /v1/envelopes")
        case .envelopeOutOfReach(let name, let label):
            self = .invalid("?envelope", "'\(name)' matches by \(label), and sums are not kept by it; see /v1/envelopes/\(name)/balances")
        }
    }
}
