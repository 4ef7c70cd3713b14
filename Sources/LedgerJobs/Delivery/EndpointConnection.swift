internal import AsyncHTTPClient
internal import Foundation
internal import HTTPTypes
internal import Ledger
internal import LedgerStore
internal import NIOCore
internal import NIOHTTP1

/// Sends requests to one endpoint, one after the other, and keeps the connection in between.
///
/// The host is looked up before each request, and the connection goes to the address that was checked and to no other: who
/// changes his name server's answer in between gains nothing. Redirects are not followed, and nothing of the environment, such as a
/// proxy, is used.
struct EndpointConnection: ~Copyable {
    /// What came of a request.
    struct Answer: Sendable {
        var status: Int64?
        var retryAfter: String?
        var body: String?
        var error: String?
        var latencyMilliseconds: Int64 = 0
    }

    /// From the look-up of the host to the end of the answer.
    static let timeout = Duration.seconds(15)
    /// How long the connection may take to open.
    private static let connectTimeout = TimeAmount.seconds(10)
    /// How much of an answer is read, in bytes; of a longer one the connection is closed.
    private static let answerLimit = 65_536

    private let resolver: AddressResolver
    private let allowsPrivate: Bool
    private var client: (http: HTTPClient, host: String, address: NetworkAddress)?

    init(resolver: AddressResolver, allowsPrivate: Bool) {
        self.resolver = resolver
        self.allowsPrivate = allowsPrivate
    }

    /// Posts a body.
    ///
    /// - Parameter turn: which of several addresses is taken, so that a repetition goes to another one.
    mutating func post(_ body: [UInt8], headers: [(name: String, value: String)], to text: String, turn: Int64) async -> Answer {
        let start = ContinuousClock.now
        var answer = Answer()
        do {
            let url = try EndpointURL(text, allowsPrivate: allowsPrivate)
            let address = try await address(of: url, turn: turn, until: start + Self.timeout)
            let http = try await client(for: url.host, address)
            var request = HTTPClientRequest(url: url.description)
            request.method = .POST
            for header in headers { request.headers.add(name: header.name, value: header.value) }
            request.body = .bytes(body)
            let sent = request
            answer = try await Self.within(start + Self.timeout) { try await Self.exchange(sent, http) }
        } catch {
            answer.error = Self.text(error)
        }
        answer.latencyMilliseconds = Int64((ContinuousClock.now - start) / .milliseconds(1))
        return answer
    }

    /// Must be called at the end.
    consuming func close() async {
        if let client { try? await client.http.shutdown() }
    }

    // MARK: - Steps

    private func address(of url: EndpointURL, turn: Int64, until end: ContinuousClock.Instant) async throws -> NetworkAddress {
        let resolver = resolver
        let addresses = try await Self.within(end) { try await resolver.addresses(of: url) }
        return addresses[Int(turn % Int64(addresses.count))]
    }

    private mutating func client(for host: String, _ address: NetworkAddress) async throws -> HTTPClient {
        if let client, client.host == host, client.address == address { return client.http }
        let old = client
        client = nil
        try? await old?.http.shutdown()
        var configuration = HTTPClient.Configuration()
        configuration.dnsOverride = [host: address.description]
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = Self.connectTimeout
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        client = (http, host, address)
        return http
    }

    private static func exchange(_ request: HTTPClientRequest, _ http: HTTPClient) async throws -> Answer {
        let response = try await http.execute(request, timeout: .nanoseconds(Int64(timeout / .nanoseconds(1))))
        var answer = Answer(status: Int64(response.status.code), retryAfter: response.headers.first(name: "retry-after"))
        var start: [UInt8] = []
        var length = 0
        do {
            for try await part in response.body {
                length += part.readableBytes
                start += part.readableBytesView.prefix(DeliveryAttempt.maximumAnswerLength - start.count)
                if length > answerLimit { break }
            }
        } catch {
            // The status came, and it says whether the message was taken.
            if error is CancellationError { throw error }
        }
        answer.body = String(decoding: start, as: UTF8.self)
        if !(200..<300).contains(response.status.code) { answer.error = "the endpoint answered \(response.status.code)" }
        return answer
    }

    private struct TimedOut: Error {}

    /// Gives up at a moment. Work that cannot be cancelled, such as looking up a name, goes on without being waited for.
    static func within<Value: Sendable>(
        _ end: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (results, continuation) = AsyncThrowingStream<Value, any Error>.makeStream()
        let worker = Task {
            do {
                continuation.yield(try await work())
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        let timer = Task {
            try await Task.sleep(until: end)
            continuation.finish(throwing: TimedOut())
        }
        defer {
            worker.cancel()
            timer.cancel()
        }
        for try await value in results { return value }
        throw CancellationError()
    }

    private static let noAnswer = "no answer within \(timeout.components.seconds) s"

    /// What a reader of the history can act upon.
    private static func text(_ error: any Error) -> String {
        switch error {
        case is TimedOut: noAnswer
        case let error as HTTPClientError where error == .deadlineExceeded: noAnswer
        case let error as HTTPClientError where error == .connectTimeout: "the connection could not be opened in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the endpoint closed the connection without an answer"
        case let fault as EndpointURL.Fault: fault.detail
        case let refusal as AddressResolver.Refusal: refusal.description
        default: "\(error)"
        }
    }
}
