internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore

/// Responses with a JSON body.
enum Answer {
    /// `body` writes one JSON value.
    static func json(
        _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], capacity: Int = 1_024, _ body: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter(capacity: capacity)
        body(&writer)
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }

    /// A page of a list: `{ "data": […], "next": cursor or null }`.
    static func list<Element>(
        _ elements: [Element], next: String?, _ body: (inout JSONWriter, Element) -> Void
    ) -> Response {
        json { writer in
            writer.object { writer in
                writer.name("data")
                writer.array(elements, body)
                writer.name("next")
                writer.string(next)
            }
        }
    }
}
