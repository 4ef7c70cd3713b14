internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Asks an issuer over HTTP.
struct IssuerConnection: Sendable {
    static let timeout = TimeAmount.seconds(5)
    static let maximumBytes = 1 << 20

    let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration()
        // Codes and secrets go where the issuer says and nowhere else.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

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
        request.body = .bytes(ByteBuffer(string: FormText.encode(form)))
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws(OIDCError) -> (Int, [UInt8]) {
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            let body = try await response.body.collect(upTo: Self.maximumBytes)
            return (Int(response.status.code), Array(body.readableBytesView))
        } catch {
            throw .unavailable("the identity provider cannot be reached at \(request.url): \(error)")
        }
    }
}
