public import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import NIOCore

/// An error as the caller sees it: problem details (RFC 9457) whose `detail` says what to do next.
public struct Problem: Error, Sendable {
    /// One thing that is wrong with the input, and where: a JSON pointer, or `?name` for a query parameter.
    public struct FieldError: Hashable, Sendable {
        public let pointer: String
        public let line: Int?
        public let detail: String

        public init(pointer: String, line: Int? = nil, detail: String) {
            self.pointer = pointer
            self.line = line
            self.detail = detail
        }
    }

    enum Member: Sendable {
        case errors([FieldError])
        case violations([Violation])
        case settlement(Ending)
        case suspension(Suspension)
        case freeze(Freeze)
        case text(String, String)
    }

    public let status: HTTPResponse.Status
    /// The last part of the type URI, `/problems/<name>`.
    public let name: String
    public let title: String
    public let detail: String
    var members: [Member] = []
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ name: String, _ title: String, _ detail: String) {
        self.status = status
        self.name = name
        self.title = title
        self.detail = detail
    }

    func with(_ member: Member) -> Problem {
        var copy = self
        copy.members.append(member)
        return copy
    }

    func with(_ field: HTTPField.Name, _ value: String) -> Problem {
        var copy = self
        copy.headers[field] = value
        return copy
    }

    /// The response, ready to be sent.
    func response() -> Response {
        var writer = JSONWriter(capacity: 512)
        writer.object { writer in
            writer.name("type")
            writer.string("/problems/\(name)")
            writer.name("title")
            writer.string(title)
            writer.name("status")
            writer.integer(Int64(status.code))
            writer.name("detail")
            writer.string(detail)
            for member in members { write(member, to: &writer) }
        }
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }

    private func write(_ member: Member, to writer: inout JSONWriter) {
        switch member {
        case .errors(let errors):
            writer.name("errors")
            writer.array(errors) { writer, error in
                writer.object { writer in
                    writer.name("pointer")
                    writer.string(error.pointer)
                    if let line = error.line {
                        writer.name("line")
                        writer.integer(Int64(line))
                    }
                    writer.name("detail")
                    writer.string(error.detail)
                }
            }
        case .violations(let violations):
            writer.name("violations")
            writer.array(violations) { $0.violation($1) }
        case .text(let name, let value):
            writer.name(name)
            writer.string(value)
        case .suspension(let suspension): writer.suspension(suspension)
        case .freeze(let freeze):
            writer.name("envelope")
            writer.string(freeze.envelope)
            writer.freeze(freeze)
        case .settlement(let ending):
            writer.name("settlement")
            writer.object { writer in
                writer.name("kind")
                writer.string(ending.kind.rawValue)
                writer.name("state")
                writer.string(ending.state.rawValue)
                writer.name("charged")
                writer.amounts(ending.charged)
                writer.name("settled_at")
                writer.time(ending.settledAt)
            }
        }
    }
}
