/// Who is told, and what the money is for.
extension PolicyReader {
    /// Where an owner is named.
    struct OwnerPlace {
        let owner: String
        let file: String?
        let line: Int
        let pointer: String
    }

    mutating func contact(_ member: PolicyNode.Member, at place: String) -> Contact? {
        guard let elements = list(member.node, at: place) else { return nil }
        if elements.isEmpty { report(place, member.line, "name at least one webhook, such as [slack-support]") }
        let channels = elements.enumerated().compactMap { text($1, at: "\(place)/\($0)", maximumLength: 64) }
        for (position, channel) in channels.enumerated() {
            self.channels.append(PolicyReading.Place(name: channel, file: file, line: member.line, pointer: "\(place)/\(position)"))
        }
        return Contact(owner: member.name, channels: channels)
    }

    mutating func workflow(_ member: PolicyNode.Member, at pointer: String) -> Workflow? {
        guard var fields = fields(of: member.node, at: pointer) else { return nil }
        let owner = fields.take("owner").flatMap { text($0.node, at: "\(pointer)/owner") }
        let playbook = fields.take("playbook").flatMap { link($0.node, at: "\(pointer)/playbook") }
        let outcome = fields.take("outcome").flatMap { text($0.node, at: "\(pointer)/outcome", maximumLength: 64) }
        let target = fields.take("target_cost").flatMap { amount($0.node, at: "\(pointer)/target_cost", meter: .cost) }
        let human = fields.take("human_cost").flatMap { amount($0.node, at: "\(pointer)/human_cost", meter: .cost) }
        var rates: [String: Money] = [:]
        if let field = fields.take("rates") {
            for rate in self.fields(of: field.node, at: "\(pointer)/rates")?.members ?? [] {
                if WorkflowCost.Rate(rawValue: rate.name) == nil {
                    let known = WorkflowCost.Rate.allCases.map(\.rawValue).joined(separator: ", ")
                    warn(Self.pointer("\(pointer)/rates", rate.name), rate.line, in: file, "nothing is counted by this rate; known are \(known)")
                }
                rates[rate.name] = amount(rate.node, at: Self.pointer("\(pointer)/rates", rate.name), meter: .cost).map { Money(nanos: $0) }
            }
        }
        if outcome == nil, target != nil || human != nil {
            report(pointer, member.line, "a cost is that of an outcome; name the outcome: outcome: resolved_ticket")
        }
        refuseRest(fields, at: pointer, expected: ["owner", "playbook", "outcome", "target_cost", "human_cost", "rates"])
        return Workflow(
            name: member.name, owner: owner, playbook: playbook, outcome: outcome, targetCost: target.map { Money(nanos: $0) },
            humanCost: human.map { Money(nanos: $0) }, rates: rates)
    }

    /// An owner whom no channel reaches hears nothing.
    mutating func warn(of owners: [OwnerPlace], contacts: [Contact]) {
        let known = Set(contacts.map(\.owner))
        for place in owners where !known.contains(place.owner) {
            warn(
                place.pointer, place.line, in: place.file,
                "nothing reaches '\(place.owner)'; add a channel: contacts: { \(place.owner): [webhook-name] }")
        }
    }

    mutating func link(_ node: PolicyNode, at pointer: String) -> String? {
        guard let text = text(node, at: pointer, maximumLength: 1_024) else { return nil }
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            report(pointer, node.line, "write a link that begins with https://")
            return nil
        }
        return text
    }

    /// Whole seconds, minutes, hours, days or weeks: `90s`, `30m`, `1h`, `7d`, `2w`.
    mutating func duration(_ node: PolicyNode, at pointer: String, maximum: Int64) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        if case .text(let text) = node.value, let last = text.last, let unit = units[last],
            text.dropLast().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let count = Int64(text.dropLast()), count > 0,
            count <= maximum / unit
        {
            return count * unit
        }
        report(pointer, node.line, "write a duration such as 30m, 1h or 7d, at most \(maximum / 86_400) days")
        return nil
    }
}
