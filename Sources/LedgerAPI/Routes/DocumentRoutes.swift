internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import OpenAPIDocument

/// `GET /openapi.yaml`: the description of this very interface, carried in the binary.
struct DocumentRoutes: Sendable {
    func add(to table: inout RouteTable) {
        let document = ByteBuffer(bytes: OpenAPIDocument.bytes)
        table.add(.get, "/openapi.yaml") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/yaml"], body: ResponseBody(byteBuffer: document))
        }
    }
}
