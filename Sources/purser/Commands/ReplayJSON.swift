import JSON
import Ledger

/// What a replay found, for programs: amounts are strings in major units.
enum ReplayJSON {
    static func text(_ report: ReplayReport, currency: String) -> String {
        var writer = JSONWriter(capacity: 4_096)
        writer.object { writer in
            writer.name("currency")
            writer.string(currency)
            writer.name("total")
            writer.object { total(report, &$0) }
            for (name, rows) in [("envelopes", report.envelopes), ("workflows", report.workflows), ("agents", report.agents)] {
                writer.name(name)
                writer.array(rows.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }) { writer, row in
                    writer.object { writer in
                        writer.name("name")
                        writer.string(row.key)
                        tally(row.value, &writer)
                    }
                }
            }
            writer.name("begins_empty")
            writer.array(report.beginsEmpty) { $0.string($1) }
            integer("unrecorded_refusals", report.unrecordedRefusals, &writer)
            integer("unplaced", report.unplaced, &writer)
            integer("differences", report.differences, &writer)
            writer.name("first_differences")
            writer.array(report.listed) { writer, difference in
                writer.object { writer in
                    for (name, text) in [
                        ("id", difference.id.description), ("at", difference.at.description), ("recorded", difference.recorded),
                        ("replayed", difference.replayed),
                    ] {
                        writer.name(name)
                        writer.string(text)
                    }
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func total(_ report: ReplayReport, _ writer: inout JSONWriter) {
        for (name, count) in [
            ("recorded_admitted", report.recordedAdmitted), ("recorded_downgraded", report.recordedDowngraded),
            ("recorded_refused", report.recordedRefused), ("barred", report.barred), ("direct_charges", report.directCharges),
            ("admitted", report.admitted),
        ] { integer(name, count, &writer) }
        money("recorded_cost", report.recordedCost, &writer)
        money("replayed_cost", report.replayedCost, &writer)
        tally(report.total, &writer)
    }

    private static func tally(_ tally: ReplayTally, _ writer: inout JSONWriter) {
        for (name, count) in [
            ("calls", tally.calls), ("refused", tally.refused), ("newly_refused", tally.newlyRefused),
            ("approval_required", tally.approvalRequired), ("newly_approval_required", tally.newlyApprovalRequired),
            ("downgraded", tally.downgraded), ("newly_downgraded", tally.newlyDowngraded), ("newly_admitted", tally.newlyAdmitted),
        ] { integer(name, count, &writer) }
        money("saved", tally.saved, &writer)
    }

    private static func integer(_ name: String, _ value: Int64, _ writer: inout JSONWriter) {
        writer.name(name)
        writer.integer(value)
    }

    private static func money(_ name: String, _ nanos: Int64, _ writer: inout JSONWriter) {
        writer.name(name)
        writer.string(Money(nanos: nanos).description)
    }
}
