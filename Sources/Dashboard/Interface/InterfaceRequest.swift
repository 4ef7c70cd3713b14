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

    public init(_ method: Method, _ path: String, body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.body = body
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
