internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import WebText

/// Asks an issuer over HTTP.
struct IssuerConnection: Sendable {
    /// For a whole answer, to its last byte.
    static let timeout = Duration.seconds(5)
    static let maximumBytes = 1 << 20

    private let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration()
        // Codes and secrets go where the issuer says and nowhere else.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async { try? await client.shutdown() }

    func get(_ address: String) async throws(OIDCError) -> [UInt8] {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/json")
        let (status, body) = try await send(request)
        guard status == 200 else { throw .unavailable("the identity provider answers \(status) at \(address)") }
        return body
    }

    /// Sends a form.
    ///
    /// - Returns: status and body.
    func post(_ address: String, form: [(name: String, value: String)], authorization: String?) async throws(OIDCError) -> (Int, [UInt8]) {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        request.body = .bytes(ByteBuffer(string: URLText.form(form)))
        return try await send(request)
    }

    /// The client's own limit of time ends with the head of an answer; a body may trickle for ever.
    private func send(_ request: HTTPClientRequest) async throws(OIDCError) -> (Int, [UInt8]) {
        let client = client
        do {
            return try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                group.addTask {
                    let response = try await client.execute(request, timeout: .nanoseconds(Self.timeout.nanoseconds))
                    let body = try await response.body.collect(upTo: Self.maximumBytes)
                    return (Int(response.status.code), Array(body.readableBytesView))
                }
                group.addTask {
                    try await Task.sleep(for: Self.timeout)
                    throw OIDCError.unavailable("no whole answer within \(Self.timeout)")
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch {
            throw .unavailable("the identity provider does not answer at \(request.url): \((error as? OIDCError)?.text ?? "\(error)")")
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
