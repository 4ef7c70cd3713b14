import Ledger

/// What a replay found, for people.
enum ReplayText {
    /// The most rows of each table; those that save the most come first.
    private static let maximumRows = 30

    static func text(_ report: ReplayReport, currency: String) -> String {
        var lines = summary(report, currency: currency)
        for (title, rows) in [("envelope", report.envelopes), ("workflow", report.workflows), ("agent", report.agents)] {
            lines += table(title, rows, currency: currency)
        }
        if report.differences > 0 {
            lines.append("")
            lines.append("decided otherwise than recorded: \(report.differences)")
            for difference in report.listed {
                lines.append("  \(difference.at)  \(difference.id)  \(difference.recorded)  ->  \(difference.replayed)")
            }
            if report.differences > report.listed.count { lines.append("  and \(report.differences - Int64(report.listed.count)) more") }
        }
        return lines.joined(separator: "\n")
    }

    private static func summary(_ report: ReplayReport, currency: String) -> [String] {
        let total = report.total
        var lines = [
            "\(total.calls) calls: recorded \(report.recordedAdmitted) admitted (\(report.recordedDowngraded) of them downgraded), "
                + "\(report.recordedRefused) refused, \(report.barred) barred by hand or key; \(report.directCharges) direct charges",
            "replayed: \(report.admitted) admitted (\(total.downgraded) of them downgraded), \(total.refused) refused, "
                + "\(total.approvalRequired) sent for approval",
            "new: \(total.newlyRefused) refused, \(total.newlyApprovalRequired) sent for approval, \(total.newlyDowngraded) downgraded, "
                + "\(total.newlyAdmitted) admitted",
            "cost: recorded \(Money(nanos: report.recordedCost)) \(currency), replayed \(Money(nanos: report.replayedCost)) \(currency), "
                + "saved \(Money(nanos: report.saved)) \(currency)",
        ]
        if report.unrecordedRefusals > 0 {
            lines.append("\(report.unrecordedRefusals) more refusals were only counted and cannot be replayed")
        }
        if !report.beginsEmpty.isEmpty {
            lines.append(
                "balances of these envelopes begin empty, since they are new or cut otherwise: \(report.beginsEmpty.joined(separator: ", "))")
        }
        if report.unplaced > 0 {
            lines.append("the place of \(report.unplaced) operations in the order could not be proved; they came last")
        }
        return lines
    }

    private static func table(_ title: String, _ rows: [String: ReplayTally], currency: String) -> [String] {
        let rows = rows.filter { !$0.value.isEmpty }.sorted { ($0.value.saved, $1.key) > ($1.value.saved, $0.key) }
        guard !rows.isEmpty else { return [] }
        var cells = [["by \(title)", "refused (new)", "approval (new)", "downgraded (new)", "newly admitted", "saved \(currency)"]]
        for (name, tally) in rows.prefix(maximumRows) {
            cells.append([
                name, "\(tally.refused) (\(tally.newlyRefused))", "\(tally.approvalRequired) (\(tally.newlyApprovalRequired))",
                "\(tally.downgraded) (\(tally.newlyDowngraded))", "\(tally.newlyAdmitted)", "\(Money(nanos: tally.saved))",
            ])
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            row.indices.map { pad(row[$0], to: widths[$0], left: $0 == 0) }.joined(separator: "  ")
        }
        return [""] + lines + (rows.count > maximumRows ? ["and \(rows.count - maximumRows) more; --json lists all"] : [])
    }

    private static func pad(_ text: String, to width: Int, left: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + space : space + text
    }
}
