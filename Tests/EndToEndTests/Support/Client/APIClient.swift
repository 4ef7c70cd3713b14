import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Calls one server with one key.
struct APIClient: Sendable {
    let url: String
    let key: String

    /// Shared by all, and never shut down: it ends with the tests.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        // A server that is gone is to be seen at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The same server with another key.
    func with(key: String) -> APIClient { APIClient(url: url, key: key) }

    enum Method: String, Sendable { case get, post, patch, delete }

    /// - Parameter timeout: far beyond what a working server takes.
    func send(
        _ method: Method, _ path: String, body: String? = nil, type: String = "application/json", idempotencyKey: String? = nil,
        headers: [String: String] = [:], timeout: TimeAmount = .seconds(60)
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = HTTPMethod(rawValue: method.rawValue.uppercased())
        request.headers.add(name: "authorization", value: "Bearer \(key)")
        if let idempotencyKey { request.headers.add(name: "idempotency-key", value: idempotencyKey) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "content-type", value: type)
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await Self.http.execute(request, timeout: timeout)
        let bytes = try await response.body.collect(upTo: 64 << 20)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        return Answer(status: Int(response.status.code), headers: headers, body: String(buffer: bytes))
    }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    /// Every page of a list.
    func all<Element: Decodable>(_ path: String, of type: Element.Type = Element.self) async throws -> [Element] {
        var found: [Element] = []
        var cursor: String?
        repeat {
            let joint = path.contains("?") ? "&" : "?"
            let page: Page<Element> = try await get("\(path)\(joint)limit=200" + (cursor.map { "&after=\($0)" } ?? "")).decoded(200)
            found += page.data
            cursor = page.next
        } while cursor != nil
        return found
    }
}
