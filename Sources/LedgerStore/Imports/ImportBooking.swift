internal import Ledger
internal import Postgres

/// Books a chunk of an import, within one transaction: the calls that are new, their batch, their sums, and how far the import is.
struct ImportBooking {
    let organisation: Identifier
    let importID: Identifier
    let attempt: Int64
    /// Of the attempt, from 0.
    let chunk: Int64
    let policyVersion: Int64
    /// The tags that the sender's key is bound to.
    let bound: Tags
    /// Whether refused lines are named.
    let keepsRefusals: Bool
    let now: Timestamp

    /// - Returns: the lines that are refused for what is there already.
    /// - Throws: `ImportError.superseded` where somebody else began the import anew.
    func book(_ chunk: ImportChunk, in session: Session) throws -> [RefusedLine] {
        guard try lock(in: session) else { return [] }
        _ = try UsageHead.lock(organisation, in: session)
        var lines = chunk
        let inserted = try insert(lines, in: session)
        let new = lines.lines.filter { inserted.contains($0.id) }
        let refused = try count(chunk.lines.filter { !inserted.contains($0.id) }, into: &lines, in: session)
        var counts = lines.counts
        for line in new {
            counts.taken += 1
            UsageSums.add(&counts.cost.nanos, line.cost.nanos)
            UsageSums.add(&counts.tokens, line.tokens)
            if line.isUnpriced { counts.unpriced += 1 }
        }
        let times = new.map(\.call.at)
        (counts.first, counts.last) = (times.min(), times.max())
        if let first = times.min(), let last = times.max() { try addSums(new, first: first, last: last, in: session) }
        var steps: [PipelineStep] = []
        if !lines.refusals.isEmpty { steps.append(lines.refusalStep(organisation, importID)) }
        steps.append(lines.advanceStep(counts, organisation, importID, at: now))
        _ = try session.pipeline(steps)
        return refused
    }

    /// False: this very chunk is booked already, and only the answer was lost.
    private func lock(in session: Session) throws -> Bool {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(importID)
        let rows = try session.execute(ImportStatements.lock, parameters)
        guard rows.count == 1, try rows.int8(0, 0) == attempt else { throw ImportError.superseded }
        let done = try rows.int8(0, 1)
        guard done == chunk || done == chunk + 1 else { throw StoreError(.corrupt, "chunk \(chunk) of import \(importID) follows chunk \(done)") }
        return done == chunk
    }

    private func insert(_ chunk: ImportChunk, in session: Session) throws -> Set<Identifier> {
        guard !chunk.lines.isEmpty else { return [] }
        let rows = try session.execute(ImportStatements.insertCalls, chunk.callParameters(organisation, importID, at: now))
        return Set(try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) })
    }

    /// Tells those that this import took before from those that somebody else told of, and refuses those that are not the sender's.
    private func count(_ lines: [ImportChunk.Line], into chunk: inout ImportChunk, in session: Session) throws -> [RefusedLine] {
        guard !lines.isEmpty else { return [] }
        let known = try Self.known(lines.map(\.id), bound: bound, of: organisation, in: session)
        var refused: [RefusedLine] = []
        for line in lines {
            let there = known[line.id]
            if there?.isForeign == true {
                let refusal = Self.refusal(line, bound: bound)
                chunk.refuse(refusal, isKept: keepsRefusals)
                refused.append(refusal)
            } else if let there, there.importID == importID, there.line == line.line {
                chunk.counts.resumed += 1
            } else {
                chunk.counts.alreadyThere += 1
            }
        }
        return refused
    }

    /// The sender's call is not the one that is there, and must not seem to be counted.
    static func refusal(_ line: ImportChunk.Line, bound: Tags) -> RefusedLine {
        let names = bound.entries.map(\.name).joined(separator: ", ")
        let fault = LogFault("", "a call with this id and time is there already, with another \(names) than the key is bound to")
        return RefusedLine(line: line.line, part: line.part, place: fault.place, reason: fault.reason)
    }

    /// - Parameter bound: tags that the calls of the sender carry; a call without them is foreign.
    static func known(
        _ ids: [Identifier], bound: Tags, of organisation: Identifier, in session: Session
    ) throws -> [Identifier: (importID: Identifier, line: Int64, isForeign: Bool)] {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuidArray(ids)
        let rows = try session.execute(ImportStatements.known, parameters)
        var known: [Identifier: (importID: Identifier, line: Int64, isForeign: Bool)] = [:]
        for row in 0..<rows.count {
            let isForeign = try !bound.isEmpty && !TagsJSON.decode(try rows.json(row, 3)).contains(bound)
            known[try rows.uuid(row, 0)] = (try rows.uuid(row, 1), try rows.int8(row, 2), isForeign)
        }
        return known
    }

    private func addSums(_ lines: [ImportChunk.Line], first: Timestamp, last: Timestamp, in session: Session) throws {
        let batch = Identifier.version7(at: now, sequence: 0, random: UInt64(chunk) << 24 | UInt64.random(in: 0..<1 << 24))
        _ = try session.pipeline([
            batchStep(batch, lines), unsealedStep(batch, facts: Int64(lines.count) + 1), chunkStep(batch, lines, first: first, last: last),
        ])
        var page = UsagePage()
        // What is past must trip no breaker of today.
        page.keepsSlices = false
        for line in lines { try page.add(UsageFact(line)) }
        try UsageRollUp.add(&page, organisation, in: session)
        _ = try session.pipeline(ImportSums.steps(page, of: importID, organisation))
    }

    private func batchStep(_ id: Identifier, _ lines: [ImportChunk.Line]) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.int8(policyVersion)
        parameters.uuid(id)
        parameters.uuidArray(lines.map(\.id))
        return PipelineStep(ImportStatements.insertBatch, parameters)
    }

    private func unsealedStep(_ id: Identifier, facts: Int64) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuid(id)
        parameters.int8(facts)
        return PipelineStep(SealStatements.insertUnsealed, parameters)
    }

    private func chunkStep(_ id: Identifier, _ lines: [ImportChunk.Line], first: Timestamp, last: Timestamp) -> PipelineStep {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(id)
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        parameters.uuid(importID)
        parameters.int8(Int64(lines.count))
        parameters.timestamp(microsecondsSince1970: first.microseconds)
        parameters.timestamp(microsecondsSince1970: last.microseconds)
        return PipelineStep(ImportStatements.insertChunk, parameters)
    }
}
