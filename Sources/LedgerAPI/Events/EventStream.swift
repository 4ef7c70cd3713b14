internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// A feed as server-sent events (WHATWG HTML, section 9.2), until its time is over, its key is revoked, its reader is
/// gone or the server shuts down.
///
/// Pages are read when the reader has taken those before, so that a slow one holds no memory here.
struct EventStream: Sendable {
    /// How many positions are read at once.
    private static let pageLimit = 50
    /// Between two heartbeats, at each of which the key is looked at again.
    private static let heartbeat = Duration.seconds(15)
    /// Between two attempts while the database does not answer.
    private static let retry = Duration.seconds(1)
    /// How long a reader may take for one page before it counts as gone.
    private static let stall = TimeAmount.seconds(60)
    /// How long a page that is under way may take once the server shuts down.
    private static let lastPage = TimeAmount.milliseconds(500)

    let reader: FeedReader
    let runs: RunReader
    let organisation: Organisation
    let bound: Tags
    let kinds: EventSelection
    /// The events after this position are sent.
    let start: Int64
    /// Nil: as long as the reader likes.
    let wait: Duration?
    let subscription: FeedSubscription
    let channel: any Channel
    let logger: Logger
    /// False once the key does not work any more; throws while that cannot be said.
    let isAllowed: @Sendable () async throws -> Bool

    /// Writes the whole body.
    @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
        try await withGracefulShutdownHandler {
            try await run(&writer)
        } onGracefulShutdown: {
            subscription.end()
            channel.eventLoop.scheduleTask(in: Self.lastPage) { channel.close(promise: nil) }
        }
        try await writer.finish(nil)
    }

    @concurrent private func run(_ writer: inout any ResponseBodyWriter) async throws {
        let began = ContinuousClock.now
        let end = wait.map { began.advanced(by: $0) }
        var beat = began.advanced(by: Self.heartbeat)
        var position = start
        var known = Int64.max
        var wakes = subscription.wakes.makeAsyncIterator()
        // An id without data is kept by the reader and tells nobody: whoever loses the stream before its first event
        // comes back to where it began.
        try await send("retry: 1000\nid: \(position)\n\n", to: &writer)
        while subscription.isOpen {
            var wake = min(beat, end ?? beat)
            do {
                if ContinuousClock.now >= beat {
                    guard try await isAllowed() else { return }
                    try await send(":\nid: \(position)\n\n", to: &writer)
                    beat = .now.advanced(by: Self.heartbeat)
                    wake = min(beat, end ?? beat)
                }
                if max(known, subscription.last) > position {
                    let page = try await reader.page(of: organisation.id, after: position, kinds: kinds, bound: bound, limit: Self.pageLimit)
                    if !page.entries.isEmpty { try await send(page.entries, to: &writer) }
                    (position, known) = (page.through, page.last)
                    guard page.through >= page.last else { continue }
                }
            } catch  where Self.isPassing(error) {
                logger.debug("a stream of events waits for the database", metadata: ["error": "\(error)"])
                // Not the time of the heartbeat, which may be over already.
                let again = ContinuousClock.now.advanced(by: Self.retry)
                wake = min(again, end ?? again)
            }
            if let end, end <= .now { return }
            subscription.wake(at: wake)
            guard await wakes.next() != nil else { return }
        }
    }

    private static func isPassing(_ error: any Error) -> Bool {
        Problem(error).status == .serviceUnavailable
    }

    // MARK: - Writing

    @concurrent private func send(_ entries: [FeedEntry], to writer: inout any ResponseBodyWriter) async throws {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(entries.reduce(0) { $0 + $1.data.count + 448 })
        for entry in entries {
            buffer.writeString("id: \(entry.position)\nevent: \(entry.kind)\ndata: ")
            // JSON as it is written here has no line breaks.
            buffer.writeBytes(CloudEvent.encode(entry, organisation: organisation.name, data: try await data(of: entry)))
            buffer.writeString("\n\n")
        }
        try await send(buffer, to: &writer)
    }

    /// With the steps of the run where one was stopped.
    @concurrent private func data(of entry: FeedEntry) async throws -> [UInt8] {
        do {
            let log = try await runs.log(for: entry, bound: bound, organisation: organisation.id)
            return log.map { EventData.merged(entry.data, RunJSON.encode($0, last: RunReader.logLimit)) } ?? entry.data
        } catch let error as StoreError where error.code == .corrupt || error.code == .rejected {
            logger.error("the steps of a run cannot be read", metadata: ["org_id": "\(organisation.id)", "error": "\(error)"])
            return entry.data
        }
    }

    @concurrent private func send(_ text: String, to writer: inout any ResponseBodyWriter) async throws {
        try await send(ByteBuffer(string: text), to: &writer)
    }

    @concurrent private func send(_ buffer: ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        let stalled = channel.eventLoop.scheduleTask(in: Self.stall) { channel.close(promise: nil) }
        defer { stalled.cancel() }
        try await writer.write(buffer)
    }
}
