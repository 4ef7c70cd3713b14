import Logging
import Postgres
import ServiceLifecycle

/// Starts the managed cluster again when it dies.
struct ClusterSupervisor: Service {
    let cluster: ManagedCluster
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await cluster.ensureRunning()
                } catch {
                    logger.error("the managed PostgreSQL does not start", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
