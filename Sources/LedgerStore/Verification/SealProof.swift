internal import Ledger
internal import Postgres

/// Proves that the chain of seals follows from the facts as they are now, and names what does not fit.
struct SealProof {
    private let organisation: Identifier
    private let session: Session
    private(set) var findings: [Finding] = []
    private(set) var entries = 0
    /// Entries whose facts lie in months that were detached, so that only the chain speaks for them.
    private(set) var detached = 0
    private(set) var head: SealHead
    private var census = FactCensus()

    static func read(_ organisation: Identifier, in session: Session) throws -> SealProof {
        let now = try TestClock.latest(in: session)
        var proof = SealProof(organisation: organisation, session: session)
        try proof.walk()
        try proof.proveEnd()
        try proof.findForgotten()
        proof.findings += try proof.census.findStrays(organisation, after: proof.head.position, at: now, in: session)
        return proof
    }

    private init(organisation: Identifier, session: Session) {
        self.organisation = organisation
        self.session = session
        head = SealReader.beginning(of: organisation)
    }

    // MARK: - The chain

    private mutating func walk() throws {
        while true {
            let page = try SealReader.page(of: organisation, after: head.position, in: session)
            for sealed in page { check(sealed) }
            if page.isEmpty || findings.count >= Verifier.maximumFindings { return }
        }
    }

    private mutating func check(_ sealed: SealReader.Sealed) {
        let entry = sealed.entry
        entries += 1
        if entry.position != head.position + 1 {
            find("seal \(head.position + 1)", "is gone: the next one is seal \(entry.position)")
        }
        let chain = SealDigest.chain(previous: head.digest, position: entry.position, digest: entry.digest, sealedAt: entry.sealedAt)
        if chain != entry.chain { find("seal \(entry.position)", "does not follow from the one before it: it, or that one, was changed") }
        head = SealHead(position: entry.position, digest: entry.chain, sealedAt: entry.sealedAt)
        if entry.madeAt != nil { census.count(sealed.facts) }
        checkFacts(sealed)
    }

    private mutating func checkFacts(_ sealed: SealReader.Sealed) {
        let entry = sealed.entry
        guard !sealed.isDetached else {
            detached += 1
            return checkMarks(sealed)
        }
        let digests = sealed.facts.compactMap { $0.line?.digest }
        guard
            digests.count != sealed.facts.count || sealed.facts.isEmpty
                || SealDigest.entry(source: entry.source, key: entry.key, facts: digests) != entry.digest
        else { return }
        let known = findings.count
        checkMarks(sealed)
        if findings.count == known {
            find("seal \(entry.position)", "of \(entry.source) \(entry.key) is not the digest of its facts: it was changed")
        }
    }

    /// Names each fact that is not what it was.
    private mutating func checkMarks(_ sealed: SealReader.Sealed) {
        let entry = sealed.entry
        let place = entry.madeAt == nil ? "seal \(entry.position)" : "batch \(entry.key), seal \(entry.position)"
        guard let own = sealed.facts.first else { return find("batches \(entry.key)", "is gone (\(place))") }
        // Where the batch's row is another one, its list may be too: then only the digests tell which facts were sealed.
        let isListed = own.line.map { $0.digest.prefix(SealDigest.markLength) == entry.mark(0) } ?? false
        let sealedMarks = Set((0..<Int(clamping: entry.facts)).compactMap { entry.mark($0) }.map(Array.init))
        for (index, fact) in sealed.facts.enumerated() where !fact.isDetached {
            guard let line = fact.line else {
                find(fact.name, "is gone (\(place))")
                continue
            }
            let mark = Array(line.digest.prefix(SealDigest.markLength))
            let isRight = isListed ? entry.mark(index).map(Array.init) == mark : sealedMarks.contains(mark)
            if !isRight { find(fact.name, "was changed after it was sealed (\(place))") }
        }
    }

    // MARK: - Around the chain

    /// The end that sealing goes on from must be that of the chain; whoever cuts off entries must change it too.
    private mutating func proveEnd() throws {
        var key = Parameters()
        key.uuid(organisation)
        let rows = try session.execute(SealStatements.head, key)
        guard rows.count == 1 else {
            if head.position > 0 { find("the chain of seals", "has entries but no end") }
            return
        }
        let end = try SealState(rows)
        if end.position < head.position || end.position == head.position && end.chain != head.digest {
            return find("the chain of seals", "ends with seal \(head.position), but sealing would go on after seal \(end.position)")
        }
        guard end.position > head.position else { return }
        // Sealed since then; otherwise the last ones are gone.
        let last = try SealReader.head(of: organisation, in: session)
        if last.position < end.position { find("seal \(last.position + 1)", "is gone: the chain went to seal \(end.position)") }
    }

    /// Facts that are older than the last look for new ones, and that nobody saw then: they were added later.
    private mutating func findForgotten() throws {
        var key = Parameters()
        key.uuid(organisation)
        let rows = try session.execute(SealStatements.head, key)
        guard rows.count == 1 else { return }
        let end = try SealState(rows)
        guard let lookedAt = end.lookedAt else { return }
        for table in SealedTable.single where end.sources.contains(table.name) {
            // An event that tells of a day carries an earlier time.
            let grace = if case .feed = table.road { 25 * Sealer.graceSeconds } else { Sealer.graceSeconds }
            try findForgotten(table, before: lookedAt.adding(seconds: -grace), prices: end.prices)
        }
    }

    private mutating func findForgotten(_ table: SealedTable, before limit: Timestamp, prices: Int64) throws {
        guard let statement = table.forgotten else { return }
        var after = Identifier.none
        while true {
            var parameters = Parameters()
            parameters.uuid(organisation)
            switch table.road {
            case .batch: return
            case .id: parameters.uuid(Identifier.version7(at: limit, sequence: 0, random: 0))
            case .time, .feed: parameters.timestamp(microsecondsSince1970: limit.microseconds)
            case .epoch: parameters.int8(prices)
            }
            parameters.uuid(after)
            parameters.int8(VerificationStatements.pageSize)
            let rows = try session.execute(statement, parameters, timeout: .seconds(60))
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                if try rows.bool(row, 1) { find("\(table.name) \(after)", "is in no seal although it says it is old: it was added later") }
            }
            if rows.count < VerificationStatements.pageSize { return }
        }
    }

    private mutating func find(_ subject: String, _ detail: String) {
        if findings.count < Verifier.maximumFindings { findings.append(Finding(subject, detail)) }
    }
}
