/// The shapes that every part of a policy is made of.
extension PolicyReader {
    /// The members of an object that have not been read yet.
    struct Fields {
        var members: [PolicyNode.Member]
        let line: Int

        mutating func take(_ name: String) -> PolicyNode.Member? {
            guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
            return members.remove(at: index)
        }
    }

    mutating func fields(of node: PolicyNode, at pointer: String) -> Fields? {
        guard case .object(let members) = node.value else {
            report(pointer, node.line, "write a mapping of names to values here")
            return nil
        }
        var seen: Set<String> = []
        for member in members where !seen.insert(member.name).inserted {
            report(Self.pointer(pointer, member.name), member.line, "'\(member.name)' stands here twice; keep one")
        }
        return Fields(members: members, line: node.line)
    }

    mutating func refuseRest(_ fields: Fields, at pointer: String, expected: [String]) {
        for member in fields.members where !expected.contains(member.name) {
            report(Self.pointer(pointer, member.name), member.line, "unknown key '\(member.name)'; known here: \(expected.joined(separator: ", "))")
        }
    }

    mutating func list(_ node: PolicyNode, at pointer: String) -> [PolicyNode]? {
        guard case .list(let elements) = node.value else {
            report(pointer, node.line, "write a list here")
            return nil
        }
        return elements
    }

    mutating func text(_ node: PolicyNode, at pointer: String, maximumLength: Int = 256) -> String? {
        let text: String
        switch node.value {
        case .text(let value): text = value
        case .number(let value): text = value
        default:
            report(pointer, node.line, "write a text here")
            return nil
        }
        guard !text.isEmpty, text.unicodeScalars.count <= maximumLength,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            report(pointer, node.line, "write 1 to \(maximumLength) characters without control characters")
            return nil
        }
        return text
    }

    /// One of the names of an enumeration.
    mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ node: PolicyNode, at pointer: String, _ type: Value.Type, except: [String] = []
    ) -> Value? {
        if case .text(let name) = node.value, !except.contains(name), let value = Value(rawValue: name) { return value }
        let names = Value.allCases.map(\.rawValue).filter { !except.contains($0) }
        report(pointer, node.line, "write one of \(names.joined(separator: ", "))")
        return nil
    }

    /// An amount in a meter's unit: a quoted text for money, a whole number for counts.
    mutating func amount(_ node: PolicyNode, at pointer: String, meter: Meter) -> Int64? {
        switch (meter, node.value) {
        case (.cost, .text(let text)):
            if let money = Money(text) { return money.nanos }
            report(pointer, node.line, "write an amount from 0 to 9223372036.854775807 with at most nine decimals, such as \"25\" or \"0.18\"")
        case (.cost, .number(let number)):
            report(pointer, node.line, "money is a text, so that no digit is lost: write \"\(number)\"")
        case (_, .number(let text)):
            if let count = Int64(text), (0...TokenUsage.maximum).contains(count) { return count }
            report(pointer, node.line, "write a whole number from 0 to \(TokenUsage.maximum)")
        default:
            report(pointer, node.line, meter == .cost ? "write an amount such as \"25\"" : "write a whole number from 0 to \(TokenUsage.maximum)")
        }
        return nil
    }
}
