import Postgres

@testable import struct Postgres.ConnectionOptions

extension ManagedCluster {
    /// Where the server's socket is.
    nonisolated var socketDirectory: String? { try? ConnectionOptions(connectionString)["host"] }
}
