/// What a page asks of the HTTP interface, in the name of its visitor.
public struct InterfaceRequest: Sendable {
    public enum Method: Sendable {
        case get, post
    }

    public let method: Method
    /// With its query.
    public let path: String
    /// JSON.
    public let body: [UInt8]?
    /// By which a form that is sent twice is done once; nil where the route needs none.
    public let idempotencyKey: String?

    public init(_ method: Method, _ path: String, body: [UInt8]? = nil, idempotencyKey: String? = nil) {
        self.method = method
        self.path = path
        self.body = body
        self.idempotencyKey = idempotencyKey
    }
}

/// What the interface says to it.
public struct InterfaceAnswer: Sendable {
    public let status: Int
    /// JSON.
    public let body: [UInt8]

    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}
