internal import Foundation
internal import Ledger
internal import NIOPosix

/// Finds the addresses of a host, and refuses those to which nothing may be sent.
///
/// Looking a name up blocks a thread, and a broken name server blocks it for long: this has threads of its own, so that one
/// name delays no other endpoint.
final class AddressResolver: Sendable {
    /// Why nothing can be sent to a host.
    struct Refusal: Error, Sendable, CustomStringConvertible {
        let description: String
        /// Whether the host has no address now; it may have one later.
        let isUnresolved: Bool
    }

    private let allowsPrivate: Bool
    private let threads: NIOThreadPool

    /// How many names are looked up at once.
    private static let threadCount = 32

    /// - Parameter allowsPrivate: addresses that are not on the public internet are taken too.
    init(allowsPrivate: Bool) {
        self.allowsPrivate = allowsPrivate
        threads = NIOThreadPool(numberOfThreads: Self.threadCount)
        threads.start()
    }

    func shutDown() async {
        try? await threads.shutdownGracefully()
    }

    /// The addresses of a URL's host, the preferred one first; never empty. All of them may be connected to.
    func addresses(of url: EndpointURL) async throws -> [NetworkAddress] {
        let found = if let address = url.address { [address] } else { try await lookUp(url.host) }
        guard !found.isEmpty else { throw Refusal(description: "the host '\(url.host)' has no address", isUnresolved: true) }
        if !allowsPrivate, let refused = found.first(where: { !$0.isPublic }) {
            throw Refusal(
                description: "the host '\(url.host)' leads to \(refused), which is not on the public internet; \(EndpointURL.privateAdvice)",
                isUnresolved: false)
        }
        return found
    }

    private func lookUp(_ host: String) async throws -> [NetworkAddress] {
        let threads = threads
        return try await threads.runIfActive { try Self.blockingLookUp(host) }
    }

    private static func blockingLookUp(_ host: String) throws -> [NetworkAddress] {
        var hints = addrinfo()
        #if canImport(Darwin)
            hints.ai_socktype = SOCK_STREAM
        #else
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            throw Refusal(description: "the host '\(host)' cannot be resolved: \(String(cString: gai_strerror(status)))", isUnresolved: true)
        }
        defer { freeaddrinfo(list) }
        var addresses: [NetworkAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = address(entry), !addresses.contains(address) { addresses.append(address) }
            next = entry.ai_next
        }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> NetworkAddress? {
        guard let raw = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            guard Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in>.size else { return nil }
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { NetworkAddress(bytes: $0) }
        case AF_INET6:
            guard Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in6>.size else { return nil }
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { NetworkAddress(bytes: $0) }
        default: return nil
        }
    }
}
