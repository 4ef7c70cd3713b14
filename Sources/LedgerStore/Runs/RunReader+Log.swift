internal import JSON
public import Ledger
internal import Postgres

extension RunReader {
    /// The most steps that a message lists.
    public static let logLimit = 500

    /// The step log that is told beside an event: of the suspended run, else of the run of the call that set it off, else of the
    /// run of the subject's latest call, else the subject's latest calls themselves.
    ///
    /// - Parameters:
    ///   - entry: its last `logLimit` steps come with a suspension that was opened and a breaker that tripped; with no other.
    ///   - bound: tags of a key; calls of other values are not shown to it.
    /// - Returns: nil where there is nothing to tell.
    public func log(for entry: FeedEntry, bound: Tags = Tags(), organisation: Identifier) async throws -> Log? {
        guard entry.kind == Event.Kind.suspensionOpened.rawValue || entry.kind == Event.Kind.breakerTripped.rawValue else { return nil }
        let about = RunMention(entry.data)
        return try await pool.withSession { session in
            if let run = about.run {
                let log = try Self.log(of: run, bound: bound, organisation: organisation, in: session)
                if log != nil { return log }
            }
            guard let subject = about.subject else { return nil }
            var tags = bound
            var key: Identifier?
            if let name = subject.kind.tag {
                guard tags[name] == nil || tags[name] == subject.id else { return nil }
                tags[name] = subject.id
            } else {
                key = Identifier(subject.id)
                guard key != nil else { return nil }
            }
            let (facts, run) = try RunFacts.latest(tags, key: key, limit: Self.logLimit, of: organisation, in: session)
            if let run { return try Self.log(of: run, bound: bound, organisation: organisation, in: session) }
            guard !facts.facts.isEmpty else { return nil }
            return Log(
                run: nil, steps: try Self.steps(facts, after: 0, charged: .zero, of: organisation, in: session),
                count: Int64(facts.facts.count), charged: facts.charged)
        }
    }

    /// The last steps of a run, with the totals of all of it.
    private static func log(of run: String, bound: Tags, organisation: Identifier, in session: Session) throws -> Log? {
        let read = try RunFacts.last(run, bound: bound, limit: logLimit + 1, of: organisation, in: session)
        guard !read.facts.isEmpty else { return nil }
        let before = read.facts.count > logLimit ? read.facts[0].id : .none
        let totals = try RunTotals.read(run, bound: bound, upTo: before, of: organisation, in: session)
        let steps = try steps(
            read.keeping(last: logLimit), after: totals.countBefore, charged: totals.chargedBefore, of: organisation, in: session)
        return Log(run: run, steps: steps, count: totals.count, charged: totals.charged)
    }
}

/// Whom an event is about, as its data says.
private struct RunMention {
    private(set) var subject: Subject?
    /// The suspended run, else that of the call that set it off or of the balance.
    private(set) var run: String?

    init(_ data: [UInt8]) {
        var members: [String: [String: String]] = [:]
        data.withUnsafeBufferPointer { bytes in
            // Data that cannot be read names nobody.
            try? JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.dictionary { name, _, reader throws(JSONError) in
                    guard ["subject", "tags", "key"].contains(name), reader.isAtObject else { return try reader.skip() }
                    try reader.dictionary { inner, _, reader throws(JSONError) in
                        if reader.isAtString { members[name, default: [:]][inner] = try reader.string() } else { try reader.skip() }
                    }
                }
            }
        }
        if let kind = members["subject"]?["type"].flatMap({ Subject.Kind(rawValue: $0) }), let id = members["subject"]?["id"] {
            subject = Subject(kind: kind, id: id)
        }
        run = subject?.kind == .run ? subject?.id : members["tags"]?["run_id"] ?? members["key"]?["run_id"]
    }
}
