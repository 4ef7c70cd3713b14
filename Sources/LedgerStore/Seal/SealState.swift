internal import Ledger
internal import Postgres

/// The end of a chain while entries are added to it, under the lock of its row.
struct SealState {
    /// One entry to be written.
    private struct Draft {
        let position: Int64
        let source: String
        let key: Identifier
        let madeAt: Timestamp?
        let facts: Int64
        let marks: [UInt8]
        let digest: [UInt8]
        let chain: [UInt8]
    }

    private(set) var position: Int64
    private(set) var chain: [UInt8]
    private(set) var sealedAt: Timestamp
    /// The epoch of the prices up to which all are sealed.
    var prices: Int64
    /// The position in the feed up to which all events are sealed.
    var feed: Int64
    var lookedAt: Timestamp?
    /// The tables that were looked through then.
    var sources: [String]
    private var drafts: [Draft] = []

    /// Decodes the columns of ``SealStatements/head``.
    init(_ rows: Rows) throws {
        position = try rows.int8(0, 0)
        chain = try rows.bytes(0, 1)
        sealedAt = Timestamp(microseconds: try rows.timestamp(0, 2))
        prices = try rows.int8(0, 3)
        feed = try rows.int8(0, 4)
        lookedAt = try rows.timestampIfPresent(0, 5).map { Timestamp(microseconds: $0) }
        sources = try rows.textArray(0, 6)
    }

    /// Locks the end of an organisation's chain; begins the chain where there is none.
    static func lock(_ organisation: Identifier, at now: Timestamp, in session: Session) throws -> SealState {
        var key = Parameters()
        key.uuid(organisation)
        var rows = try session.execute(SealStatements.lock, key)
        if rows.count == 0 {
            var begin = key
            begin.bytes(SealDigest.beginning(of: organisation))
            begin.timestamp(microsecondsSince1970: now.microseconds)
            _ = try session.execute(SealStatements.begin, begin)
            rows = try session.execute(SealStatements.lock, key)
        }
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no chain of seals") }
        var state = try SealState(rows)
        // Entries are in the order of their times too, whatever clocks do.
        state.sealedAt = max(state.sealedAt, now)
        return state
    }

    /// Adds an entry.
    ///
    /// - Parameter facts: the digests of its facts, in their order.
    mutating func append(source: String, key: Identifier, madeAt: Timestamp? = nil, facts: [[UInt8]]) {
        let digest = SealDigest.entry(source: source, key: key, facts: facts)
        position += 1
        chain = SealDigest.chain(previous: chain, position: position, digest: digest, sealedAt: sealedAt)
        drafts.append(
            Draft(
                position: position, source: source, key: key, madeAt: madeAt, facts: Int64(facts.count), marks: SealDigest.marks(of: facts),
                digest: digest, chain: chain))
    }

    /// The steps that keep what was added, and the end.
    func steps(_ organisation: Identifier) -> [PipelineStep] {
        var advance = Parameters()
        advance.uuid(organisation)
        advance.int8(position)
        advance.bytes(chain)
        advance.timestamp(microsecondsSince1970: sealedAt.microseconds)
        advance.int8(prices)
        advance.int8(feed)
        advance.timestamp(microsecondsSince1970: lookedAt?.microseconds)
        advance.textArray(sources)
        return (drafts.isEmpty ? [] : [PipelineStep(SealStatements.insert, inserted(organisation))]) + [
            PipelineStep(SealStatements.advance, advance)
        ]
    }

    private func inserted(_ organisation: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: sealedAt.microseconds)
        parameters.int8Array(drafts.map(\.position))
        parameters.textArray(drafts.map(\.source))
        parameters.uuidArray(drafts.map(\.key))
        parameters.timestampArray(drafts.map { $0.madeAt?.microseconds })
        parameters.int8Array(drafts.map(\.facts))
        parameters.byteaArray(drafts.map(\.marks))
        parameters.byteaArray(drafts.map(\.digest))
        parameters.byteaArray(drafts.map(\.chain))
        return parameters
    }
}
