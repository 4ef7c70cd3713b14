import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Reads a stream of events in the background and keeps what came.
final class EventReader: Sendable {
    /// One event as a reader dispatches it (WHATWG HTML, section 9.2.6).
    struct Event: Sendable, Equatable {
        let id: Int64
        let kind: String
        let data: String
    }

    private struct State {
        var events: [Event] = []
        var last: String?
        var status: Int?
        var hasEnded = false
    }

    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_024
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let state = Mutex(State())
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Opens a stream and returns once it tells where it begins.
    static func open(_ client: APIClient, _ query: String = "", lastEventID: String? = nil) async throws -> EventReader {
        let reader = EventReader()
        let task = Task { await reader.read(client, query, lastEventID: lastEventID) }
        reader.task.withLock { $0 = task }
        try await eventually("the stream begins") {
            if let status = reader.status, status != 200 { throw Failure("the stream was answered with \(status)") }
            return reader.last != nil
        }
        return reader
    }

    var events: [Event] { state.withLock { $0.events } }
    var kinds: [String] { events.map(\.kind) }
    /// What `Last-Event-ID` says when it comes back.
    var last: String? { state.withLock { $0.last } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    private var status: Int? { state.withLock { $0.status } }

    func close() { task.withLock { $0?.cancel() } }

    private func read(_ client: APIClient, _ query: String, lastEventID: String?) async {
        defer { state.withLock { $0.hasEnded = true } }
        var request = HTTPClientRequest(url: client.url + "/v1/events" + query)
        request.headers.add(name: "authorization", value: "Bearer \(client.key)")
        if let lastEventID { request.headers.add(name: "last-event-id", value: lastEventID) }
        do {
            let response = try await Self.http.execute(request, deadline: .now() + .hours(1))
            state.withLock { $0.status = Int(response.status.code) }
            var text = ""
            for try await buffer in response.body {
                text += String(buffer: buffer)
                while let end = text.range(of: "\n\n") {
                    dispatch(text[..<end.lowerBound])
                    text = String(text[end.upperBound...])
                }
            }
        } catch {
            // A server that is killed breaks its streams.
        }
    }

    private func dispatch(_ block: Substring) {
        var fields: [Substring: String] = [:]
        for line in block.split(separator: "\n") where !line.hasPrefix(":") {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0]] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        state.withLock { state in
            if let id = fields["id"] { state.last = id }
            guard let data = fields["data"] else { return }
            state.events.append(Event(id: fields["id"].flatMap { Int64($0) } ?? -1, kind: fields["event"] ?? "", data: data))
        }
    }
}
