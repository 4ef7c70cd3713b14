import Foundation
import Synchronization

/// A port whose connections are reset as soon as they are open.
final class ResettingListener: Sendable {
    let port: UInt16
    private let socketNumber: Int32
    private let count = Atomic(0)

    /// How many connections were reset so far.
    var connections: Int { count.load(ordering: .relaxed) }

    init() throws {
        #if canImport(Darwin)
            socketNumber = socket(AF_INET, SOCK_STREAM, 0)
        #else
            socketNumber = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = socketNumber
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, length) == 0 && listen(number, 64) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure("no port to listen on") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(number, nil, nil)
                guard connection >= 0 else { return }
                count.add(1, ordering: .relaxed)
                // Closing without lingering sends a reset.
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
                Foundation.close(connection)
            }
        }
    }

    func close() {
        shutdown(socketNumber, Int32(SHUT_RDWR))
        Foundation.close(socketNumber)
    }
}
