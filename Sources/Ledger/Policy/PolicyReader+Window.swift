extension PolicyReader {
    private enum Weekday: String, CaseIterable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday
    }

    /// Reads `{ every, starts, at, time_zone }`.
    mutating func windowRule(_ node: PolicyNode, at pointer: String) -> WindowRule? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let before = issues.count
        guard let everyField = fields.take("every") else {
            report(pointer, node.line, "say how long a window is: every: month")
            return nil
        }
        let period = choice(everyField.node, at: "\(pointer)/every", WindowRule.Period.self, except: ["forever"])
        var weekStart: Int64 = 0
        if let field = fields.take("starts"), let day = choice(field.node, at: "\(pointer)/starts", Weekday.self) {
            weekStart = Weekday.allCases.firstIndex(of: day).map(Int64.init) ?? 0
            if period != .week { report("\(pointer)/starts", field.line, "only weeks start on a day; leave it out") }
        }
        var secondOfDay: Int64 = 0
        if let field = fields.take("at") {
            secondOfDay = timeOfDay(field.node, at: "\(pointer)/at") ?? 0
            refuseClock(of: period, at: "\(pointer)/at", field.line)
        }
        var zone = Zone.utc
        if let field = fields.take("time_zone") {
            zone = timeZone(field.node, at: "\(pointer)/time_zone") ?? .utc
            refuseClock(of: period, at: "\(pointer)/time_zone", field.line)
        }
        refuseRest(fields, at: pointer, expected: ["every", "starts", "at", "time_zone"])
        guard issues.count == before, let period else { return nil }
        return WindowRule(period, weekStart: weekStart, secondOfDay: secondOfDay, zone: zone)
    }

    private mutating func refuseClock(of period: WindowRule.Period?, at pointer: String, _ line: Int) {
        switch period {
        case .minute, .hour, .run: report(pointer, line, "only days, weeks and months turn at a time of day; leave it out")
        default: break
        }
    }

    private mutating func timeOfDay(_ node: PolicyNode, at pointer: String) -> Int64? {
        if case .text(let text) = node.value {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let isTwoDigits: (Substring) -> Bool = {
                $0.utf8.count == 2 && $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
            if parts.count == 2, parts.allSatisfy(isTwoDigits), let hour = UInt8(parts[0]), let minute = UInt8(parts[1]),
                hour < 24, minute < 60
            {
                return Int64(hour) * 3_600 + Int64(minute) * 60
            }
        }
        report(pointer, node.line, "write a quoted time of day such as \"09:00\"")
        return nil
    }

    private mutating func timeZone(_ node: PolicyNode, at pointer: String) -> Zone? {
        guard let name = text(node, at: pointer) else { return nil }
        guard let zone = Zone(name) else {
            report(pointer, node.line, "'\(name)' is no IANA time zone; write UTC or a name such as Europe/Paris")
            return nil
        }
        return zone
    }
}
