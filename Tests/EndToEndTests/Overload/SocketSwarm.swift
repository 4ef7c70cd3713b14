import Foundation

/// Thousands of connections that each send one request and wait, at next to no cost on this side.
final class SocketSwarm {
    private var sockets: [Int32] = []
    private var received: [[UInt8]]
    /// By connection; nil while it waits.
    private(set) var answers: [Answer?]
    private let key: String

    /// Connects a few at a time, and waits until the server has taken them.
    init(_ client: APIClient, count: Int) async throws {
        key = client.key
        received = Array(repeating: [], count: count)
        answers = Array(repeating: Answer(status: 0, headers: [:], body: ""), count: count)
        guard let port = UInt16(client.url.split(separator: ":").last ?? "") else { throw Failure("no port in \(client.url)") }
        while sockets.count < count {
            let some = Array(sockets.count..<min(count, sockets.count + 100))
            for _ in some { sockets.append(try Self.connect(port)) }
            for connection in some { try send("GET /health/live HTTP/1.1\r\nHost: purser\r\n\r\n", on: connection) }
            try await eventually("the server takes \(count) connections") {
                try receive()
                return some.allSatisfy { answers[$0] != nil }
            }
        }
    }

    deinit { for socket in sockets { close(socket) } }

    var answered: [Answer] { answers.compactMap { $0 } }

    /// Sends a reserve on each of these connections; `name` makes its idempotency key.
    func reserve(_ call: Call, on connections: [Int], key name: (Int) -> String) throws {
        let body = call.reserveBody
        for connection in connections {
            let head = "POST /v1/reservations HTTP/1.1\r\nHost: purser\r\nAuthorization: Bearer \(key)\r\nIdempotency-Key: \(name(connection))\r\n"
            try send(head + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body, on: connection)
        }
    }

    private func send(_ text: String, on connection: Int) throws {
        received[connection] = []
        answers[connection] = nil
        let request = Array(text.utf8)
        guard write(sockets[connection], request, request.count) == request.count else { throw Failure("a connection takes no request") }
    }

    /// Takes in what has come by now.
    func receive() throws {
        let waiting = answers.indices.filter { answers[$0] == nil }
        var polls = waiting.map { pollfd(fd: sockets[$0], events: Int16(POLLIN), revents: 0) }
        guard poll(&polls, nfds_t(polls.count), 10) > 0 else { return }
        var chunk = [UInt8](repeating: 0, count: 16_384)
        for (connection, poll) in zip(waiting, polls) where poll.revents != 0 {
            let count = read(sockets[connection], &chunk, chunk.count)
            guard count > 0 else { throw Failure("connection \(connection) was closed without an answer") }
            received[connection] += chunk.prefix(count)
            answers[connection] = Self.answer(in: received[connection])
        }
    }

    private static func connect(_ port: UInt16) throws -> Int32 {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Foundation.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else { throw Failure("no connection: \(String(cString: strerror(errno)))") }
        return descriptor
    }

    /// Nil while it is not all there.
    private static func answer(in bytes: [UInt8]) -> Answer? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let body = String(text[end.upperBound...])
        guard let length = headers["content-length"].flatMap({ Int($0) }), body.utf8.count >= length else { return nil }
        return Answer(status: lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0, headers: headers, body: body)
    }
}
