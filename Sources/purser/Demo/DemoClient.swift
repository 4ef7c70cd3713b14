import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Requests of the demo to the server that it plays against.
struct DemoClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: Data

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            do {
                return try decoder.decode(type, from: body)
            } catch {
                throw DemoError("the server answered \(status) with what this demo does not understand; are both of one version?")
            }
        }

        /// What the problem says, or the status alone.
        var problem: String {
            struct Problem: Decodable { let title: String?, detail: String? }
            let problem = try? JSONDecoder().decode(Problem.self, from: body)
            return [problem?.title, problem?.detail].compactMap { $0 }.joined(separator: ": ") + " (\(status))"
        }
    }

    private static let timeout = TimeAmount.seconds(70)
    private static let largestAnswer = 4 << 20
    /// Who starts the demo without a server hears so at once.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Without a slash at the end.
    let url: String
    let key: String

    /// - Throws: `DemoError` where the address is none of a server.
    init(url: String, key: String) throws {
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme), parts.host?.isEmpty == false,
            parts.query == nil, parts.fragment == nil
        else { throw DemoError("'\(url)' is no address of a server; write one such as http://127.0.0.1:8080") }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.key = key
    }

    private init(_ other: DemoClient, key: String) {
        url = other.url
        self.key = key
    }

    func with(key: String) -> DemoClient { DemoClient(self, key: key) }

    func get(_ path: String) async throws -> Answer { try await send(path, "GET", nil as [String: String]?) }

    func delete(_ path: String) async throws -> Answer { try await send(path, "DELETE", nil as [String: String]?) }

    func post(_ path: String, _ body: some Encodable, idempotencyKey: String? = nil) async throws -> Answer {
        try await send(path, "POST", body, idempotencyKey: idempotencyKey)
    }

    private func send(_ path: String, _ method: String, _ body: (some Encodable)?, idempotencyKey: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        if let idempotencyKey { request.headers.add(name: "Idempotency-Key", value: idempotencyKey) }
        if let body {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(data: try encoder.encode(body)))
        }
        do {
            let response = try await Self.http.execute(request, timeout: Self.timeout)
            let bytes = try await response.body.collect(upTo: Self.largestAnswer)
            return Answer(status: Int(response.status.code), body: Data(buffer: bytes))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw DemoError("no answer from \(url): \(error). Start a server with `make run`, or do both with `make demo`.")
        }
    }
}
