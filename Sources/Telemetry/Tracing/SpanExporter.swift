internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
public import Logging
public import ServiceLifecycle

/// Sends spans to a collector by OTLP/HTTP in JSON, some hundred at once.
///
/// A collector that is away, slow or refusing costs spans and nothing else: the queue is bounded, a request has a limit of time, and a batch is
/// tried a few times before it is dropped. At shutdown what is left is sent within ``flushLimit``.
public struct SpanExporter: Service {
    public struct Options: Sendable {
        /// The whole URL, `…/v1/traces` as a rule.
        public var endpoint: String
        public var headers: [(name: String, value: String)]
        public var timeout: Duration
        /// What sends: `service.name` among them.
        public var resource: [(name: String, value: String)]

        public init(
            endpoint: String, headers: [(name: String, value: String)] = [], timeout: Duration = .seconds(10),
            resource: [(name: String, value: String)]
        ) {
            self.endpoint = endpoint
            self.headers = headers
            self.timeout = timeout
            self.resource = resource
        }
    }

    static let batchLimit = 512
    static let interval: Duration = .milliseconds(200)
    static let tries = 4
    static let flushLimit: Duration = .seconds(2)
    /// What a collector says beside its status is read for so long, and then cut off: the connection is not worth more.
    static let bodyLimit: Duration = .seconds(1)

    private let tracer: SpanTracer
    private let options: Options
    private let logger: Logger

    public init(_ tracer: SpanTracer, options: Options, logger: Logger) {
        self.tracer = tracer
        self.options = options
        self.logger = logger
    }

    /// Exports until it is told to stop, then flushes.
    public func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        await cancelWhenGracefulShutdown { await exportUntilCancelled(client) }
        await flush(client)
        try? await client.shutdown()
    }

    private func exportUntilCancelled(_ client: HTTPClient) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            while true {
                let spans = tracer.queue.take(Self.batchLimit)
                guard !spans.isEmpty else { break }
                await deliver(spans, client)
            }
        }
    }

    /// Tries a batch, with growing pauses, and gives it up where that does not help. Cancelled, it tries once more within the
    /// time that is left for it.
    private func deliver(_ spans: [FinishedSpan], _ client: HTTPClient) async {
        let body = SpanDocument.encode(spans, resource: options.resource, scope: "purser")
        var pause = Duration.milliseconds(500)
        for attempt in 1...Self.tries {
            let verdict = await send(body, client, timeout: options.timeout)
            if verdict == .taken { return tracer.queue.exported.add(Int64(spans.count)) }
            guard verdict == .later, attempt < Self.tries, !Task.isCancelled else { break }
            do { try await Task.sleep(for: pause) } catch { break }
            pause *= 2
        }
        if Task.isCancelled {
            // The connection was cut by the shutdown, not by the collector.
            let client = client
            let verdict = await Task.detached { await send(body, client, timeout: .seconds(1)) }.value
            if verdict == .taken { return tracer.queue.exported.add(Int64(spans.count)) }
        }
        tracer.queue.failed.add(Int64(spans.count))
    }

    private func flush(_ client: HTTPClient) async {
        let end = ContinuousClock.now + Self.flushLimit
        while true {
            let spans = tracer.queue.take(Self.batchLimit)
            guard !spans.isEmpty else { return }
            let left = end - .now
            guard left > .zero else { return tracer.queue.failed.add(Int64(spans.count)) }
            let body = SpanDocument.encode(spans, resource: options.resource, scope: "purser")
            let verdict = await send(body, client, timeout: left)
            (verdict == .taken ? tracer.queue.exported : tracer.queue.failed).add(Int64(spans.count))
            if verdict != .taken { return }
        }
    }

    private enum Verdict { case taken, later, never }

    private func send(_ body: [UInt8], _ client: HTTPClient, timeout: Duration) async -> Verdict {
        var request = HTTPClientRequest(url: options.endpoint)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        for header in options.headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
            await Self.drain(response.body, within: min(timeout, Self.bodyLimit))
            switch response.status.code {
            case 200..<300: return .taken
            case 429, 502, 503, 504: return .later
            default:
                logger.warning("the trace collector refused spans", metadata: ["status": "\(response.status.code)"])
                return .never
            }
        } catch {
            logger.debug("the trace collector cannot be reached", metadata: ["error": "\(error)"])
            return .later
        }
    }

    /// Reads a body, so that its connection can be used again; one that does not come is left where it is. Returns at once when
    /// cancelled.
    private static func drain(_ body: HTTPClientResponse.Body, within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await body.collect(upTo: 65_536) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
