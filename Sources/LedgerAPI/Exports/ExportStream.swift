internal import Hummingbird
internal import Ledger
internal import LedgerStore
internal import NIOCore
internal import ServiceLifecycle

/// Writes an export page by page: the next page is read when the reader has taken the one before, so memory stays the same however
/// long the export is and however slow its reader. An export that cannot go on ends its connection without an end of the
/// body, so that nobody takes a part for the whole.
struct ExportStream: Sendable {
    /// How long a reader may take for one page before it counts as gone.
    private static let stall = TimeAmount.seconds(60)
    /// Where nobody calls, an export takes four fifths of the time: reports want some too.
    private static let longestPause = Duration.milliseconds(50)
    /// While there are calls it leaves them nineteen twentieths.
    private static let courtesy = 19
    private static let longestCourtesy = Duration.seconds(5)

    let channel: any Channel
    /// Whose calls must not notice it.
    let lanes: WriteLanes
    let slot: ExportSlots.Slot

    /// Settlements in one of the forms.
    @concurrent func write(
        _ format: SpendFormat, _ selection: SpendReader.Selection, after cursor: SpendCursor?, state: OrganisationState, reader: SpendReader,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        var after: Identifier? = reader.start(selection, after: cursor)
        try await send(format.header, to: &writer)
        while let batch = after {
            let (started, calls) = (ContinuousClock.now, lanes.submitted)
            let page = try await reader.page(of: state.organisation.id, selection, after: batch)
            try await send(format.rows(page.records, after: cursor, organisation: state.organisation, prices: state.prices), to: &writer)
            after = page.last
            try await pause(since: started, calls: calls)
        }
        try await writer.finish(nil)
    }

    /// The chain from one head to a time, or to where it ended when this began.
    @concurrent func writeAudit(
        from start: SealHead, until end: Timestamp?, last: Int64, organisation: Organisation, reader: SealReader,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        var head = start
        try await send(AuditLines.head(organisation, start: start), to: &writer)
        pages: while head.position < last {
            let (started, calls) = (ContinuousClock.now, lanes.submitted)
            let page = try await reader.page(of: organisation.id, after: head.position)
            if page.isEmpty { break }
            for sealed in page {
                if let end, sealed.entry.sealedAt >= end { break pages }
                guard sealed.entry.position <= last else { break pages }
                try await send(AuditLines.entry(sealed), to: &writer)
                head = SealHead(position: sealed.entry.position, digest: sealed.entry.chain, sealedAt: sealed.entry.sealedAt)
            }
            try await pause(since: started, calls: calls)
        }
        try await send(AuditLines.end(head), to: &writer)
        try await writer.finish(nil)
    }

    @concurrent private func pause(since start: ContinuousClock.Instant, calls: Int) async throws {
        // Whoever is cut off by a shutdown goes on at another replica.
        if Task.isShuttingDownGracefully { throw CancellationError() }
        let spent = ContinuousClock.now - start
        let isAlone = lanes.submitted == calls
        try await Task.sleep(for: isAlone ? min(spent / 4, Self.longestPause) : min(spent * Self.courtesy, Self.longestCourtesy))
    }

    @concurrent private func send(_ bytes: [UInt8], to writer: inout any ResponseBodyWriter) async throws {
        guard !bytes.isEmpty else { return }
        let stalled = channel.eventLoop.scheduleTask(in: Self.stall) { channel.close(promise: nil) }
        defer { stalled.cancel() }
        try await writer.write(ByteBuffer(bytes: bytes))
    }
}
