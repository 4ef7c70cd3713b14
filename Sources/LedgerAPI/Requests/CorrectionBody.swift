internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/corrections`.
struct CorrectionBody {
    private enum Field: String, CaseIterable { case calls, match, from, to, set, remove, reason }
    private static let fields = JSONFields<Field>()

    private var calls: [Identifier]?
    private var match: TagPattern?
    private var from: Timestamp?
    private var to: Timestamp?
    private var set = Tags()
    private var removed: [String] = []
    private var reason: String?

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .calls: calls = try reader.optional { reader throws(JSONError) in try reader.calls() }
            case .match: match = try reader.optional { reader throws(JSONError) in try reader.pattern() }
            case .from: from = try reader.optional { reader throws(JSONError) in try reader.time() }
            case .to: to = try reader.optional { reader throws(JSONError) in try reader.time() }
            case .set: set = try reader.optional { reader throws(JSONError) in try reader.tags() } ?? Tags()
            case .remove: removed = try reader.optional { reader throws(JSONError) in try reader.names() } ?? []
            case .reason: reason = try reader.label(maximum: TagCorrection.maximumReasonLength)
            }
        }
    }

    func draft(caller: Caller, idempotencyKey: String, now: Timestamp) throws -> CorrectionDraft {
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept with the correction") }
        let selection = try selection(now: now)
        try check(caller)
        return CorrectionDraft(
            selection, tags: TagCorrection(set: set, removed: removed), reason: reason, bound: caller.key.boundTags, author: caller.author,
            idempotency: IdempotencyKey(route: "corrections", key: idempotencyKey, body: fingerprint(reason: reason)).own(of: caller.key))
    }

    private func selection(now: Timestamp) throws -> CorrectionSelection {
        switch (calls, match) {
        case (nil, nil): throw Problem.invalid("/calls", "name the calls, or say with `match` what they look like")
        case (_?, _?): throw Problem.invalid("/match", "send either `calls` or `match`")
        case (let calls?, nil):
            for (name, time) in [("from", from), ("to", to)] where time != nil {
                throw Problem.invalid("/\(name)", "calls that are named need no time; leave it out")
            }
            return .calls(calls)
        case (nil, let match?):
            guard let from else { throw Problem.invalid("/from", "say since when; the time at which the calls were settled counts") }
            guard to ?? now <= now else { throw Problem.invalid("/to", "send a time that is over; what is still to come cannot be corrected") }
            guard from < to ?? now else { throw Problem.invalid("/from", "send a time before 'to'") }
            return .matching(match, from: from, to: to ?? now)
        }
    }

    private func check(_ caller: Caller) throws {
        guard !set.isEmpty || !removed.isEmpty else { throw Problem.invalid("/set", "say which tags the calls should have had, or lack") }
        for (pointer, name) in set.entries.map({ ("/set/\($0.name)", $0.name) }) + removed.enumerated().map({ ("/remove/\($0)", $1) }) {
            guard !TagCorrection.fixed.contains(name) else {
                throw Problem.invalid(pointer, "'\(name)' cannot be corrected: sums and limits of runs and sessions rest on it")
            }
        }
        for (index, name) in removed.enumerated() where set[name] != nil {
            throw Problem.invalid("/remove/\(index)", "'\(name)' is set too; either set or remove it")
        }
        for rule in caller.state.policy.tagRules.values {
            guard let value = set[rule.name], !rule.allowed.matches(value) else { continue }
            throw Problem.invalid("/set/\(rule.name)", "the policy allows \(rule.allowed.texts.joined(separator: ", ")) here")
        }
        for tag in caller.key.boundTags.entries where removed.contains(tag.name) || (set[tag.name] ?? tag.value) != tag.value {
            throw Problem.forbidden("The key is bound to \(tag.name) '\(tag.value)': it moves no call to others or away from there.")
        }
    }

    /// What was sent, not what it stands for: the same body means the same later too.
    private func fingerprint(reason: String) -> CanonicalBytes {
        var bytes = CanonicalBytes()
        bytes.append(reason)
        bytes.append(set)
        bytes.append(Int64(removed.count))
        for name in removed { bytes.append(name) }
        bytes.append(from?.microseconds)
        bytes.append(to?.microseconds)
        for call in calls ?? [] { bytes.append(call) }
        for part in match?.parts ?? [] {
            bytes.append(part.name)
            bytes.append(Int64(part.matcher?.texts.count ?? -1))
            for text in part.matcher?.texts ?? [] { bytes.append(text) }
        }
        return bytes
    }
}

extension JSONReader {
    fileprivate mutating func calls() throws(JSONError) -> [Identifier] {
        let begin = offset
        var calls: [Identifier] = []
        var seen: Set<Identifier> = []
        try array { reader throws(JSONError) in
            let start = reader.offset
            guard let call = Identifier(try reader.string()) else {
                throw JSONError(.unexpected, offset: start, detail: "send the id of a reservation or of a direct charge")
            }
            guard seen.insert(call).inserted else { throw JSONError(.unexpected, offset: start, detail: "this call stands here twice; send it once") }
            guard calls.count < CorrectionSelection.maximumCalls else {
                throw JSONError(
                    .unexpected, offset: start,
                    detail: "name at most \(CorrectionSelection.maximumCalls) calls; say with `match` what more of them look like")
            }
            calls.append(call)
        }
        guard !calls.isEmpty else { throw JSONError(.unexpected, offset: begin, detail: "name at least one call") }
        return calls
    }

    fileprivate mutating func pattern() throws(JSONError) -> TagPattern {
        let begin = offset
        var parts: [TagPattern.Part] = []
        try dictionary { name, start, reader throws(JSONError) in
            try reader.check(name, at: start, isNew: !parts.contains { $0.name == name })
            guard parts.count < TagPattern.maximumCount else {
                throw JSONError(.unexpected, offset: start, detail: "match at most \(TagPattern.maximumCount) tags")
            }
            parts.append(TagPattern.Part(name: name, matcher: try reader.matcher()))
        }
        guard !parts.isEmpty else {
            throw JSONError(.unexpected, offset: begin, detail: "match at least one tag; null stands for one that is absent")
        }
        return TagPattern(parts)
    }

    private mutating func matcher() throws(JSONError) -> Matcher? {
        if try takeNull() { return nil }
        guard isAtArray else { return Matcher(try label(maximum: Tags.maximumValueLength)) }
        let begin = offset
        var matchers: [Matcher] = []
        try array { reader throws(JSONError) in
            guard matchers.count < TagPattern.maximumValues else {
                throw JSONError(.unexpected, offset: reader.offset, detail: "list at most \(TagPattern.maximumValues) values")
            }
            matchers.append(Matcher(try reader.label(maximum: Tags.maximumValueLength)))
        }
        guard !matchers.isEmpty else {
            throw JSONError(.unexpected, offset: begin, detail: "an empty list matches nothing; name at least one value")
        }
        return .anyOf(matchers)
    }

    fileprivate mutating func names() throws(JSONError) -> [String] {
        var names: [String] = []
        try array { reader throws(JSONError) in
            let start = reader.offset
            let name = try reader.string()
            try reader.check(name, at: start, isNew: !names.contains(name))
            guard names.count < Tags.maximumCount else {
                throw JSONError(.unexpected, offset: start, detail: "a call carries at most \(Tags.maximumCount) tags")
            }
            names.append(name)
        }
        return names
    }

    private func check(_ name: String, at start: Int, isNew: Bool) throws(JSONError) {
        guard Tags.isValid(name: name), !Call.reservedLabels.contains(name) else {
            throw JSONError(
                .unexpected, offset: start,
                detail: "send the name of a tag: 1 to 63 lower-case letters, digits and '_', beginning with a letter; model, tool and tier are none")
        }
        guard isNew else { throw JSONError(.unexpected, offset: start, detail: "this tag stands here twice; send it once") }
    }
}
