import NIOCore
import Testing

@testable import LedgerAPI

@Suite("Who is on this machine")
struct LoopbackTests {
    @Test("loopback addresses and Unix sockets are", arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func own(address: String) throws {
        #expect(try SocketAddress(ipAddress: address, port: 1).isLoopback)
        #expect(try SocketAddress(unixDomainSocketPath: "/tmp/socket").isLoopback)
    }

    @Test("others are not", arguments: ["10.0.0.1", "128.0.0.1", "0.0.0.0", "::", "::ffff:10.0.0.1", "fe80::1", "2001:db8::127.0.0.1"])
    func other(address: String) throws { #expect(try !SocketAddress(ipAddress: address, port: 1).isLoopback) }

    @Test("metrics are shown to nobody whose address cannot be told")
    func unknown() throws {
        #expect(!MetricsRoutes.isOnThisMachine(nil))
        #expect(try MetricsRoutes.isOnThisMachine(SocketAddress(ipAddress: "127.0.0.1", port: 1)))
        #expect(try !MetricsRoutes.isOnThisMachine(SocketAddress(ipAddress: "10.0.0.1", port: 1)))
    }
}
