extension PolicyReader {
    /// The most entries of a list of required tags.
    private static let maximumRequired = Tags.maximumCount
    private static let maximumReasonLength = 1_024

    /// An environment that a policy names, and where.
    private struct EnvironmentName {
        let text: String
        let line: Int
    }

    /// Reads `{ required, values, allow_missing_in, exceptions }`. What cannot be used is left out, and reported.
    mutating func tagRules(_ node: PolicyNode, at pointer: String) -> TagRules {
        guard var fields = fields(of: node, at: pointer) else { return .none }
        let before = issues.count
        var environments: [EnvironmentName] = []
        let requirements =
            fields.take("required").map { self.requirements($0.node, at: "\(pointer)/required", environments: &environments) } ?? []
        // Where a required tag could not be read, an exception may well be for that one.
        let required = issues.count == before ? Set(requirements.flatMap(\.groups).joined()) : nil
        let values = fields.take("values").map { tagValues($0.node, at: "\(pointer)/values") } ?? []
        let allowed =
            fields.take("allow_missing_in").map { allowMissingIn($0.node, at: "\(pointer)/allow_missing_in", except: environments) } ?? []
        let exceptions = fields.take("exceptions").map { tagExceptions($0.node, at: "\(pointer)/exceptions", required: required) } ?? []
        refuseRest(fields, at: pointer, expected: ["required", "values", "allow_missing_in", "exceptions"])
        return TagRules(requirements: requirements, values: values, allowMissingIn: .anyOf(allowed), exceptions: exceptions)
    }

    // MARK: - Required tags

    /// One list for every environment, or a list for each environment that is named.
    private mutating func requirements(
        _ node: PolicyNode, at pointer: String, environments: inout [EnvironmentName]
    ) -> [TagRequirement] {
        switch node.value {
        case .list:
            let groups = tagGroups(node, at: pointer)
            return groups.isEmpty ? [] : [TagRequirement(groups: groups)]
        case .object:
            guard let members = members(of: node, at: pointer, "an empty mapping requires nothing; name an environment, or leave it out")
            else { return [] }
            var requirements: [TagRequirement] = []
            for member in members {
                let place = Self.pointer(pointer, member.name)
                let name = environment(PolicyNode(.text(member.name), line: member.line), at: place)
                let groups = tagGroups(member.node, at: place)
                guard let name else { continue }
                environments.append(EnvironmentName(text: name, line: member.line))
                if !groups.isEmpty { requirements.append(TagRequirement(environment: .exact(name), groups: groups)) }
            }
            return requirements
        default:
            report(pointer, node.line, "write a list of tags, such as [team_id, cost_center], or a mapping of environments to such lists")
            return []
        }
    }

    /// A list of tags; a list inside stands for any one of its tags.
    private mutating func tagGroups(_ node: PolicyNode, at pointer: String) -> [[String]] {
        guard let elements = elements(of: node, at: pointer, "an empty list requires nothing; name at least one tag, or leave it out")
        else { return [] }
        guard elements.count <= Self.maximumRequired else {
            report(pointer, node.line, "write at most \(Self.maximumRequired) entries: a call carries no more tags than that")
            return []
        }
        var groups: [[String]] = []
        var seen: Set<Set<String>> = []
        for (index, element) in elements.enumerated() {
            let place = "\(pointer)/\(index)"
            let group: [String]
            if case .list = element.value {
                group = tagNames(element, at: place)
            } else {
                group = tagName(element, at: place).map { [$0] } ?? []
            }
            guard !group.isEmpty else { continue }
            if !seen.insert(Set(group)).inserted {
                report(place, element.line, "'\(group.joined(separator: ", "))' is required here twice; keep one")
            }
            groups.append(group)
        }
        return groups
    }

    // MARK: - Values

    private mutating func tagValues(_ node: PolicyNode, at pointer: String) -> [TagValues] {
        guard let members = members(of: node, at: pointer, "an empty mapping restricts nothing; name a tag, or leave it out") else { return [] }
        return members.compactMap { member in
            let place = Self.pointer(pointer, member.name)
            let isTag = isTagName(member.name, line: member.line, at: place)
            let why = "an empty list allows nothing; name at least one value"
            guard let elements = elements(of: member.node, at: place, why) else { return nil }
            var matchers: [Matcher] = []
            // By bytes, as values are compared.
            var seen: Set<[UInt8]> = []
            for (index, element) in elements.enumerated() {
                guard let text = text(element, at: "\(place)/\(index)", maximumLength: Tags.maximumValueLength) else { continue }
                if !seen.insert(Array(text.utf8)).inserted {
                    report("\(place)/\(index)", element.line, "'\(text)' stands here twice; keep one")
                }
                matchers.append(Matcher(text))
            }
            return isTag ? TagValues(name: member.name, allowed: .anyOf(matchers)) : nil
        }
    }

    // MARK: - Environments

    /// - Parameter named: the environments that have required tags of their own.
    private mutating func allowMissingIn(_ node: PolicyNode, at pointer: String, except named: [EnvironmentName]) -> [Matcher] {
        guard let elements = elements(of: node, at: pointer, "an empty list names no environment; name at least one, or leave it out")
        else { return [] }
        let lines = Dictionary(named.map { (Array($0.text.utf8), $0.line) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<[UInt8]> = []
        var matchers: [Matcher] = []
        for (index, element) in elements.enumerated() {
            let place = "\(pointer)/\(index)"
            guard let name = environment(element, at: place) else { continue }
            let bytes = Array(name.utf8)
            if !seen.insert(bytes).inserted { report(place, element.line, "'\(name)' stands here twice; keep one") }
            if let line = lines[bytes] {
                report(place, element.line, "'\(name)' has required tags of its own on line \(line); take it out here or there")
            }
            matchers.append(.exact(name))
        }
        return matchers
    }

    private mutating func environment(_ node: PolicyNode, at pointer: String) -> String? {
        guard let name = text(node, at: pointer, maximumLength: Tags.maximumValueLength) else { return nil }
        guard !name.utf8.contains(UInt8(ascii: "*")) else {
            report(pointer, node.line, "patterns mean nothing here; name each environment, such as staging")
            return nil
        }
        return name
    }

    // MARK: - Exceptions

    private mutating func tagExceptions(_ node: PolicyNode, at pointer: String, required: Set<String>?) -> [TagException] {
        guard let elements = elements(of: node, at: pointer, "an empty list excepts nothing; leave it out") else { return [] }
        return elements.enumerated().compactMap { tagException($1, at: "\(pointer)/\($0)", required: required) }
    }

    /// - Parameter required: the tags that the rules require somewhere; nil: not known.
    private mutating func tagException(_ node: PolicyNode, at pointer: String, required: Set<String>?) -> TagException? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let before = issues.count
        let matchField = fields.take("match")
        if matchField == nil { report(pointer, node.line, "say which calls this exception is for: match: { workflow_name: legacy_import }") }
        let match = matchField.map { exceptionMatch($0.node, at: "\(pointer)/match") } ?? []
        let missingField = fields.take("missing")
        if missingField == nil { report(pointer, node.line, "say which tags those calls may lack: missing: [cost_center]") }
        let missing =
            missingField.map { excusedTags($0.node, at: "\(pointer)/missing", match: match, required: required) } ?? []
        let expiresField = fields.take("expires")
        if expiresField == nil { report(pointer, node.line, "an exception needs an end: expires: 2027-01-31, the last day on which it holds") }
        let expires = expiresField.flatMap { expiry($0.node, at: "\(pointer)/expires") }
        let reasonField = fields.take("reason")
        if reasonField == nil { report(pointer, node.line, "say why the tags may be absent: reason: \"not migrated yet\"") }
        let reason = reasonField.flatMap { text($0.node, at: "\(pointer)/reason", maximumLength: Self.maximumReasonLength) }
        refuseRest(fields, at: pointer, expected: ["match", "missing", "expires", "reason"])
        guard issues.count == before, let expires, let reason else { return nil }
        return TagException(match: match, missing: missing, expires: expires, reason: reason)
    }

    /// Conditions on tags alone: whether a tag may be absent is decided before the model is known.
    private mutating func exceptionMatch(_ node: PolicyNode, at pointer: String) -> [Envelope.Condition] {
        guard case .object(let members) = node.value else { return conditions(node, at: pointer) }
        if members.isEmpty { report(pointer, node.line, "an exception is for some calls; name at least one tag that they have") }
        for member in members where Call.reservedLabels.contains(member.name) {
            report(Self.pointer(pointer, member.name), member.line, "'\(member.name)' is no tag; an exception matches on tags alone")
        }
        let tags = members.filter { !Call.reservedLabels.contains($0.name) }
        return conditions(PolicyNode(.object(tags), line: node.line), at: pointer)
    }

    private mutating func excusedTags(
        _ node: PolicyNode, at pointer: String, match: [Envelope.Condition], required: Set<String>?
    ) -> [String] {
        let present = Set(match.map(\.label)).subtracting(["environment"])
        return tagNames(node, at: pointer) { name, line, place, reader in
            if let required, !required.contains(name) {
                reader.report(place, line, "nothing requires '\(name)'; take it out, or add it to required")
            } else if present.contains(name) {
                reader.report(place, line, "the calls that this exception matches carry '\(name)', so they cannot lack it; take it out here or there")
            }
        }
    }

    /// The moment from which an exception holds no more: the end of a day in UTC, or a moment as it is written.
    private mutating func expiry(_ node: PolicyNode, at pointer: String) -> Timestamp? {
        if case .text(let text) = node.value {
            if let day = Timestamp(rfc3339: text + "T00:00:00Z") { return day.adding(seconds: 86_400) }
            if let time = Timestamp(rfc3339: text) { return time }
        }
        report(pointer, node.line, "write the last day on which it holds, such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z")
        return nil
    }

    // MARK: - Names and lists

    /// A list of tags, each once. `check` may report more about each.
    private mutating func tagNames(
        _ node: PolicyNode, at pointer: String,
        check: (_ name: String, _ line: Int, _ pointer: String, _ reader: inout PolicyReader) -> Void = { _, _, _, _ in }
    ) -> [String] {
        guard let elements = elements(of: node, at: pointer, "an empty list names no tag; name at least one") else { return [] }
        var names: [String] = []
        var seen: Set<String> = []
        for (index, element) in elements.enumerated() {
            let place = "\(pointer)/\(index)"
            guard let name = tagName(element, at: place) else { continue }
            if seen.insert(name).inserted {
                check(name, element.line, place, &self)
                names.append(name)
            } else {
                report(place, element.line, "'\(name)' stands here twice; keep one")
            }
        }
        return names
    }

    private mutating func tagName(_ node: PolicyNode, at pointer: String) -> String? {
        guard let name = text(node, at: pointer), isTagName(name, line: node.line, at: pointer) else { return nil }
        return name
    }

    private mutating func isTagName(_ name: String, line: Int, at pointer: String) -> Bool {
        guard !Call.reservedLabels.contains(name) else {
            report(pointer, line, "'\(name)' cannot be a tag; it is read from the call itself: take it out")
            return false
        }
        return isLabel(name, line: line, at: pointer)
    }

    private mutating func elements(of node: PolicyNode, at pointer: String, _ whyNotEmpty: String) -> [PolicyNode]? {
        guard let elements = list(node, at: pointer) else { return nil }
        guard !elements.isEmpty else {
            report(pointer, node.line, whyNotEmpty)
            return nil
        }
        return elements
    }

    private mutating func members(of node: PolicyNode, at pointer: String, _ whyNotEmpty: String) -> [PolicyNode.Member]? {
        guard let members = fields(of: node, at: pointer)?.members else { return nil }
        guard !members.isEmpty else {
            report(pointer, node.line, whyNotEmpty)
            return nil
        }
        return members
    }
}
