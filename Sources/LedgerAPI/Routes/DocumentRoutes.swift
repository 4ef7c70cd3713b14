internal import COpenAPIDocument
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// `GET /openapi.yaml`: the description of this very interface, carried in the binary.
struct DocumentRoutes: Sendable {
    func add(to table: inout RouteTable) {
        let document = ByteBuffer(bytes: UnsafeBufferPointer(start: purser_openapi_bytes(), count: purser_openapi_size()))
        table.add(.get, "/openapi.yaml") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/yaml"], body: ResponseBody(byteBuffer: document))
        }
    }
}
