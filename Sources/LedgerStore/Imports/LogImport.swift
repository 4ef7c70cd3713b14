public import Ledger
internal import Logging
internal import Postgres

/// One sending of a log: it takes the bytes as they come and books them chunk by chunk.
///
/// A chunk is booked with its sums and with how far the import is in one transaction, and each call has an id that follows from what the
/// log says of it. So whatever ends an import, it may be sent again from its beginning, and nothing is booked twice.
public struct LogImport: Sendable {
    /// How many calls one transaction books.
    static let chunkSize = 1_000
    /// So many refused lines are named; others are only counted.
    static let keptRefusals: Int64 = 100_000
    /// How many refused lines an answer shows.
    static let shownRefusals = 20
    /// A log of which so many lines in a row from its beginning are refused is something else.
    static let hopelessLines: Int64 = 1_000
    /// Clocks differ, but no call lies further in the future.
    static let futureSeconds: Int64 = 300
    /// The write lanes get a part of the database's time.
    private static let longestPause = Duration.milliseconds(25)

    let pool: Pool
    let clock: StoreClock
    let partitions: PartitionKeeper
    let request: ImportRequest
    let state: OrganisationState

    private var splitter: LogSplitter
    private var parser: LogParser
    private var occurrences = OccurrenceCounter()
    private var pending = ImportChunk()
    private var begun: (id: Identifier, attempt: Int64)?
    private var chunk: Int64 = 0
    /// Of this sending.
    private var total = ImportCounts()
    private var shown: [RefusedLine] = []
    private let beganAt: Timestamp

    init(pool: Pool, clock: StoreClock, partitions: PartitionKeeper, request: ImportRequest, state: OrganisationState) {
        self.pool = pool
        self.clock = clock
        self.partitions = partitions
        self.request = request
        self.state = state
        splitter = LogSplitter(request.format)
        parser = LogParser(request.format, rate: request.rate)
        beganAt = clock.now()
    }

    /// The import's id, once something of it was booked.
    public var id: Identifier? { begun?.id }
    /// What this sending counted so far.
    public var counts: ImportCounts { total }

    /// Takes some bytes of the log, and books what makes a chunk.
    ///
    /// - Throws: `ImportError`, and what the database throws; then nothing of the chunk is booked.
    public mutating func read(_ bytes: some Collection<UInt8> & Sendable) async throws {
        splitter.append(bytes)
        try await take(isLast: false)
    }

    /// Takes the end of the log.
    ///
    /// - Returns: the import as it is now.
    public mutating func finish() async throws -> StoredImport {
        try await take(isLast: true)
        guard parser.hasHeader || total != ImportCounts() || !pending.isEmpty, !parser.isHeaderMissing else {
            throw ImportError.unreadable(LogFault("", "the log is empty; send its lines"), begun?.id)
        }
        try await flush()
        guard let begun else { return preview() }
        try await end(.done, nil)
        let stored = try await pool.withSession { [organisation = state.organisation.id] session in
            try ImportStore.find(begun.id, bound: Tags(), of: organisation, in: session)
        }
        guard let stored else { throw StoreError(.corrupt, "import \(begun.id) was not written") }
        return stored
    }

    /// Notes that nothing more comes, so that nobody waits for it.
    public mutating func interrupt() async {
        // Where even this cannot be written, the import is taken for interrupted a minute later.
        try? await end(.interrupted, nil)
    }

    // MARK: - Lines

    private mutating func take(isLast: Bool) async throws {
        while let (line, entries) = try await next(isLast: isLast) {
            for (part, entry) in entries.enumerated() {
                take(entry, line, part: Int64(part))
                // A record of OTLP may hold many calls.
                if pending.size >= Self.chunkSize { try await flush() }
            }
        }
    }

    /// What the next record holds; nil: more must come first.
    private mutating func next(isLast: Bool) async throws -> (line: Int64, entries: [LogParser.Entry])? {
        do throws(LogFault) {
            guard let record = try splitter.next(isLast: isLast) else { return nil }
            if !parser.isHeaderMissing || record.bytes == nil { pending.counts.lines += 1 }
            defer { pending.ignored = parser.ignored }
            guard let bytes = record.bytes else { return (record.line, [.refused(LogFault("", "longer than \(splitter.limit) bytes"))]) }
            return (record.line, try parser.read(bytes))
        } catch {
            try await fail(error)
        }
    }

    private mutating func take(_ entry: LogParser.Entry, _ line: Int64, part: Int64) {
        switch entry {
        case .call(let draft):
            do throws(LogFault) {
                pending.append(try self.line(draft, at: line, part: part))
            } catch {
                refuse(error, line, part: part)
            }
        case .refused(let fault): refuse(fault, line, part: part)
        case .passedOver: pending.counts.passedOver += 1
        }
    }

    private mutating func line(_ draft: CallDraft, at line: Int64, part: Int64) throws(LogFault) -> ImportChunk.Line {
        let call = try bind(try draft.call(latest: clock.now().adding(seconds: Self.futureSeconds)))
        let cost = try call.cost(by: state.prices)
        if cost == nil, !request.takesUnpriced {
            throw LogFault("", "there is no price for '\(call.model ?? "")' and the line tells no cost; import prices, or take such lines at no cost")
        }
        var id = Digest.identifier(call.identity(occurrence: 0).bytes)
        if call.ownID == nil {
            let before = occurrences.count(id)
            if before > 0 { id = Digest.identifier(call.identity(occurrence: before).bytes) }
        }
        return ImportChunk.Line(id: id, line: line, part: part, call: call, cost: cost ?? .zero, isUnpriced: cost == nil)
    }

    /// With the tags that the key fills in.
    private func bind(_ call: ImportedCall) throws(LogFault) -> ImportedCall {
        guard !request.bound.isEmpty else { return call }
        var tags = call.tags
        for tag in request.bound.entries {
            if let said = tags[tag.name], said != tag.value {
                throw LogFault("", "the key is bound to another \(tag.name) than the line tells")
            }
            tags[tag.name] = tag.value
        }
        guard tags.entries.count <= Tags.maximumCount else { throw LogFault("", "a call carries at most \(Tags.maximumCount) tags") }
        return call.with(tags: tags)
    }

    private mutating func refuse(_ fault: LogFault, _ line: Int64, part: Int64) {
        let refused = RefusedLine(line: line, part: part, place: fault.place, reason: fault.reason)
        pending.refuse(refused, isKept: total.refused + pending.counts.refused < Self.keptRefusals)
        if shown.count < Self.shownRefusals { shown.append(refused) }
    }

    // MARK: - Chunks

    private mutating func flush() async throws {
        guard !pending.isEmpty || begun == nil && !request.isDryRun else { return }
        pending.sort()
        let started = ContinuousClock.now
        if request.isDryRun {
            try await look()
        } else {
            if begun == nil { begun = try await begin() }
            try await book()
        }
        let done = pending
        pending = ImportChunk()
        total += done.counts
        total.taken += Int64(done.lines.count)
        if total.taken == 0, total.alreadyThere == 0, total.passedOver == 0, total.refused >= Self.hopelessLines {
            try await fail(
                LogFault("", "none of the first \(total.refused) lines can be taken, the first because: \(shown.first?.reason ?? "")"))
        }
        try await Task.sleep(for: min(ContinuousClock.now - started, Self.longestPause))
    }

    private func begin() async throws -> (id: Identifier, attempt: Int64) {
        let now = clock.now()
        return try await retrying { [request, organisation = state.organisation.id] session in
            try ImportStore.begin(request, of: organisation, at: now, in: session)
        }
    }

    private mutating func book() async throws {
        guard let begun else { return }
        let booking = ImportBooking(
            organisation: state.organisation.id, importID: begun.id, attempt: begun.attempt, chunk: chunk, policyVersion: state.policy.version,
            bound: request.bound, keepsRefusals: total.refused < Self.keptRefusals, now: clock.now())
        let refused = try await retrying { [pending] session in
            _ = try session.execute(RelaxedCommit.statement)
            return try booking.book(pending, in: session)
        }
        chunk += 1
        note(refused)
    }

    /// Counts what would be there already.
    private mutating func look() async throws {
        let ids = pending.lines.map(\.id)
        let known = try await pool.withSession { [organisation = state.organisation.id, bound = request.bound] session in
            try ImportBooking.known(ids, bound: bound, of: organisation, in: session).mapValues { $0.isForeign }
        }
        let refused = pending.lines.filter { known[$0.id] == true }.map { ImportBooking.refusal($0, bound: request.bound) }
        note(refused)
        for line in pending.lines where known[line.id] == nil {
            UsageSums.add(&total.cost.nanos, line.cost.nanos)
            UsageSums.add(&total.tokens, line.tokens)
            if line.isUnpriced { total.unpriced += 1 }
            total.first = min(total.first ?? line.call.at, line.call.at)
            total.last = max(total.last ?? line.call.at, line.call.at)
        }
        let alreadyThere = Int64(known.count - refused.count)
        total.taken -= alreadyThere
        total.alreadyThere += alreadyThere
    }

    /// Lines of the chunk that are refused for what is there already.
    private mutating func note(_ refused: [RefusedLine]) {
        total.refused += Int64(refused.count)
        total.taken -= Int64(refused.count)
        shown += refused.prefix(Self.shownRefusals - shown.count)
    }

    /// Runs a transaction again where that may help; each recognises what it did before.
    private func retrying<R: Sendable>(_ body: @Sendable (Session) throws -> R) async throws -> R {
        for attempt in 1...6 {
            do {
                return try await pool.withTransaction(body)
            } catch let error as PostgresError where attempt < 6 {
                if error.sqlState == .checkViolation, attempt == 1 {
                    try await partitions.create(from: clock.now(), monthsAhead: 0)
                } else {
                    guard error.isTransient else { throw error }
                    try await Task.sleep(for: .milliseconds(50 << attempt))
                }
            }
        }
        throw StoreError(.unavailable, "the database did not take the chunk")
    }

    private func end(_ end: StoredImport.State, _ failure: String?) async throws {
        guard let begun else { return }
        var parameters = Parameters()
        parameters.uuid(state.organisation.id)
        parameters.uuid(begun.id)
        parameters.int8(begun.attempt)
        parameters.text(end.rawValue)
        parameters.text(failure)
        parameters.timestamp(microsecondsSince1970: clock.now().microseconds)
        // The flush of this commit carries those of the chunks before it to the disk.
        try await retrying { [parameters] session in _ = try session.execute(ImportStatements.end, parameters) }
    }

    /// The rest of the log cannot be read; what came before it is booked.
    private mutating func fail(_ fault: LogFault) async throws -> Never {
        if !pending.lines.isEmpty { try await flush() }
        try await end(.failed, fault.place.isEmpty ? fault.reason : "\(fault.place): \(fault.reason)")
        throw ImportError.unreadable(fault, begun?.id)
    }

    private func preview() -> StoredImport {
        let now = clock.now()
        return StoredImport(
            id: nil, name: request.name, format: request.format, author: request.author, state: .done, counts: total, ignored: parser.ignored,
            failure: nil, beganAt: beganAt, touchedAt: now, finishedAt: now, refusals: shown)
    }
}
