internal import Foundation
internal import Ledger
internal import NIOPosix
internal import Synchronization

/// Finds the addresses of a host, and refuses those to which nothing may be sent.
///
/// Looking a name up blocks a thread, and a broken name server blocks it for long: this has threads of its own, fewer of
/// them for names that were slow, and looks a name up once for all who ask at the same time. So one name delays no other
/// endpoint.
final class AddressResolver: Sendable {
    /// Why nothing can be sent to a host.
    struct Refusal: Error, Sendable, CustomStringConvertible {
        let description: String
        /// Whether the host has no address now; it may have one later.
        let isUnresolved: Bool
    }

    private struct State {
        /// By name, what is being looked up.
        var underWay: [String: Task<[NetworkAddress], any Error>] = [:]
        /// Names that took long the last time.
        var slow: Set<String> = []
    }

    private let allowsPrivate: Bool
    private let threads: NIOThreadPool
    private let slowThreads: NIOThreadPool
    private let state = Mutex(State())

    /// How many names are looked up at once.
    private static let threadCount = 24
    /// How many of those that were slow are, besides.
    private static let slowThreadCount = 8
    /// What is slow.
    private static let patience = Duration.seconds(2)
    /// How many slow names are kept in mind.
    private static let slowLimit = 10_000

    /// - Parameter allowsPrivate: addresses that are not on the public internet are taken too.
    init(allowsPrivate: Bool) {
        self.allowsPrivate = allowsPrivate
        threads = NIOThreadPool(numberOfThreads: Self.threadCount)
        slowThreads = NIOThreadPool(numberOfThreads: Self.slowThreadCount)
        threads.start()
        slowThreads.start()
    }

    func shutDown() async {
        try? await threads.shutdownGracefully()
        try? await slowThreads.shutdownGracefully()
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
        let task = state.withLock { state -> Task<[NetworkAddress], any Error> in
            if let task = state.underWay[host] { return task }
            let pool = state.slow.contains(host) ? self.slowThreads : self.threads
            let task = Task { try await self.lookUp(host, on: pool) }
            state.underWay[host] = task
            return task
        }
        return try await task.value
    }

    private func lookUp(_ host: String, on pool: NIOThreadPool) async throws -> [NetworkAddress] {
        defer { state.withLock { $0.underWay[host] = nil } }
        return try await pool.runIfActive {
            let start = ContinuousClock.now
            defer { self.remember(host, isSlow: ContinuousClock.now - start > Self.patience) }
            return try Self.blockingLookUp(host)
        }
    }

    private func remember(_ host: String, isSlow: Bool) {
        state.withLock { state in
            guard isSlow else {
                state.slow.remove(host)
                return
            }
            if state.slow.count >= Self.slowLimit { state.slow.removeFirst() }
            state.slow.insert(host)
        }
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
