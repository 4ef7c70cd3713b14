import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// An endpoint of webhooks: an HTTP server of the test's own, which answers as it is told and keeps what came.
final class Receiver: Sendable {
    /// What becomes of a request.
    enum Reaction: Sendable {
        case status(Int, headers: [String: String] = [:])
        /// No answer until the test lets go.
        case hang
        /// The head of an answer and the first byte of its body, and no more until the test lets go.
        case stall(Int)
    }

    struct Message: Sendable {
        let path: String
        /// By their names in lower case.
        let headers: [String: String]
        let body: String
        /// What it was answered; 0: nothing.
        let status: Int

        var id: String { headers["webhook-id"] ?? "" }
    }

    private struct State {
        var messages: [Message] = []
        /// By path, what the next requests meet, the first one first.
        var plans: [String: [Reaction]] = [:]
        /// By path, what requests meet beyond their plan.
        var habits: [String: Reaction] = [:]
        var openRequests: [String: Int] = [:]
        var mostOpen: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let isHanging = Mutex(true)
    private let readyPort = Mutex<Int?>(nil)

    /// Lends a receiver that runs.
    static func with<Result: Sendable>(_ body: (Receiver) async throws -> Result) async throws -> Result {
        let receiver = Receiver()
        let router = Router()
        router.post("/**") { request, _ in try await receiver.answer(request) }
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in receiver.readyPort.withLock { $0 = channel.localAddress?.port } }, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await application.run() }
            defer {
                receiver.letGo()
                tasks.cancelAll()
            }
            try await eventually("the receiver listens") { receiver.readyPort.withLock { $0 != nil } }
            return try await body(receiver)
        }
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(readyPort.withLock { $0 ?? 0 })\(path)" }

    /// What the next requests to a path meet, and, unless nil, all after them.
    func react(_ path: String, _ plan: [Reaction], then habit: Reaction? = nil) {
        state.withLock { state in
            state.plans[path] = plan
            state.habits[path] = habit
        }
    }

    /// Ends what hangs.
    func letGo() { isHanging.withLock { $0 = false } }

    /// What came to a path, in the order in which it was answered.
    func messages(_ path: String) -> [Message] { state.withLock { $0.messages.filter { $0.path == path } } }

    /// How many requests to a path were under way at once, at most.
    func mostOpen(_ path: String) -> Int { state.withLock { $0.mostOpen[path] ?? 0 } }

    private func answer(_ request: Request) async throws -> Response {
        let path = request.uri.path
        let body = String(buffer: try await request.body.collect(upTo: 1 << 20))
        let reaction = state.withLock { state -> Reaction in
            state.openRequests[path, default: 0] += 1
            state.mostOpen[path] = max(state.mostOpen[path] ?? 0, state.openRequests[path] ?? 0)
            if state.plans[path]?.isEmpty == false { return state.plans[path]?.removeFirst() ?? .status(200) }
            return state.habits[path] ?? .status(200)
        }
        defer { state.withLock { $0.openRequests[path, default: 1] -= 1 } }
        var status = 0
        var headers = HTTPFields()
        switch reaction {
        case .status(let code, let extra):
            status = code
            for (name, value) in extra { HTTPField.Name(name).map { headers[$0] = value } }
        case .hang:
            // Kept before, since whoever waits gives up.
            keep(request, body, status: 0)
            while isHanging.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
            return Response(status: .ok)
        case .stall(let code):
            keep(request, body, status: code)
            return Response(status: .init(code: code), body: stalledBody)
        }
        keep(request, body, status: status)
        return Response(status: .init(code: status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: "seen")))
    }

    private var stalledBody: ResponseBody {
        ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "{"))
            while self.isHanging.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
            try await writer.finish(nil)
        }
    }

    private func keep(_ request: Request, _ body: String, status: Int) {
        let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { "\($0), \($1)" }
        let message = Message(path: request.uri.path, headers: headers, body: body, status: status)
        state.withLock { $0.messages.append(message) }
    }
}
