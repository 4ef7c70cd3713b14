internal import NIOCore

extension SocketAddress {
    /// 127.0.0.0/8, ::1, their IPv4-mapped form, or a Unix socket.
    var isLoopback: Bool {
        switch self {
        case .unixDomainSocket: true
        default: ipAddress.map { $0 == "::1" || $0.hasPrefix("127.") || $0.lowercased().hasPrefix("::ffff:127.") } ?? false
        }
    }
}
