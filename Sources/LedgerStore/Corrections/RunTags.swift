internal import Ledger
internal import Postgres

/// Tells runs anew whose they are, after calls of theirs were corrected.
struct RunTags {
    /// So many calls of one run are read. Of a longer run it stays unknown which tags all of its calls have, but for those that they had
    /// before and still have.
    static let callsOfRun: Int64 = 500
    /// So many calls are read in one transaction, as far as the sums of their runs tell how many there are.
    static let callLimit: Int64 = 2_500

    private struct Row {
        let id: Identifier
        let run: String
        let topCall: Identifier
        let common: Tags?
        /// How many it has that were summed up.
        let calls: Int64
    }

    let organisation: Identifier

    /// As many of some runs as one transaction reads the calls of; at least one.
    func fitting(_ runs: Set<String>, in session: Session) throws -> Set<String> {
        // A run whose sums are not there yet is not read.
        var fitting = runs
        var count: Int64 = 0
        for row in try read(runs.sorted(), in: session) {
            count += min(row.calls, Self.callsOfRun + 1)
            if count > Self.callLimit { fitting.remove(row.run) }
        }
        return fitting
    }

    /// - Parameter facts: settlements whose tags are others now, with these tags.
    func update(_ facts: [UsageFact], in session: Session) throws {
        let byRun = Dictionary(grouping: facts.filter { $0.runID != nil }) { $0.runID ?? "" }
        guard !byRun.isEmpty else { return }
        let rows = try read(byRun.keys.sorted(), in: session)
        let calls = try calls(of: rows.map(\.run), in: session)
        let named = Array(Set(rows.map(\.topCall) + calls.values.flatMap(\.self)))
        let sent = try CallFacts.read(named, of: organisation, in: session)
        let corrections = try CallCorrections.read(named, of: organisation, in: session)
        var updates: [(row: Row, tags: Tags, common: Tags?)] = []
        for row in rows {
            // Its month may be detached.
            guard let sentByTop = sent.tags(of: row.topCall) else { continue }
            let top = corrections.tags(sentByTop, of: row.topCall)
            let common: Tags?
            if let all = calls[row.run] {
                common = Self.common(all.compactMap { call in sent.tags(of: call).map { corrections.tags($0, of: call) } })
            } else {
                let changed = Self.common(try (byRun[row.run] ?? []).map { try TagsJSON.decode($0.tags) })
                common = row.common.map { known in changed.map { Self.common(known, $0) } ?? known }
            }
            updates.append((row, top.ofUsage, common?.ofUsage))
        }
        try write(updates, in: session)
    }

    private func read(_ runs: [String], in session: Session) throws -> [Row] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(runs.map(RunSums.id))
        let rows = try session.execute(RunTagStatements.read, parameters)
        return try (0..<rows.count).map { row in
            Row(
                id: try rows.uuid(row, 0), run: try rows.text(row, 1), topCall: try rows.uuid(row, 2),
                common: try rows.jsonIfPresent(row, 3).map { try TagsJSON.decode($0) }, calls: try rows.int8(row, 4))
        }
    }

    /// The calls of those runs that have few.
    private func calls(of runs: [String], in session: Session) throws -> [String: [Identifier]] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.textArray(runs)
        parameters.uuidArray(runs.map(RunSums.id))
        parameters.int8(Self.callsOfRun + 1)
        let rows = try session.execute(RunTagStatements.calls, parameters)
        var found: [String: [Identifier]] = [:]
        for row in 0..<rows.count { found[try rows.text(row, 0), default: []].append(try rows.uuid(row, 1)) }
        return found.filter { $0.value.count <= Self.callsOfRun }
    }

    private func write(_ updates: [(row: Row, tags: Tags, common: Tags?)], in session: Session) throws {
        let sorted = updates.sorted { $0.row.id < $1.row.id }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(sorted.map(\.row.id))
        parameters.jsonbArray(sorted.map { TagsJSON.encode($0.tags) })
        parameters.jsonbArray(sorted.map { $0.common.map { TagsJSON.encode($0) } })
        parameters.textArray(sorted.map { $0.tags["step_name"] })
        _ = try session.execute(RunTagStatements.write, parameters)
    }

    private static func common(_ all: [Tags]) -> Tags? {
        all.first.map { first in all.dropFirst().reduce(first, common) }
    }

    private static func common(_ first: Tags, _ second: Tags) -> Tags {
        Tags(first.entries.filter { second[$0.name] == $0.value })
    }
}

extension Tags {
    /// Without run and session, as sums have them.
    fileprivate var ofUsage: Tags {
        var tags = self
        for name in TagCorrection.fixed { tags[name] = nil }
        return tags
    }
}
