import Foundation
import Testing

/// A server with a PostgreSQL of its own, durable, which may both be killed.
final class ManagedInstallation {
    private static let policy = """
        envelopes:
          - { name: all, meter: cost, limit: "1000000" }
          - { name: team, per: [team_id], meter: cost, limit: "1000000", window: { every: month } }
          - { name: agent, per: [agent_id], meter: cost, limit: "1000000", window: { every: day } }
          - { name: agent-calls, per: [agent_id], meter: model_calls, limit: 1000000, window: { every: day } }
        """

    let data: String
    let program: PurserProgram
    private(set) var server: PurserServer
    /// Of all loads so far: the holds that were answered, and those that are left open on purpose.
    private var acknowledged: Set<String> = []
    private var open: Set<String> = []

    static func with(_ body: (ManagedInstallation) async throws -> Void) async throws {
        let folder = try TestFolder()
        defer { folder.remove() }
        let data = folder.path + "/data"
        let program = PurserProgram(folder: folder, dataDirectory: data, adminKey: Replicas.adminKey)
        let installation = ManagedInstallation(data, program, try await PurserServer.start(program))
        do {
            try await installation.server.client.apply(policy: policy)
            try await body(installation)
        } catch {
            try await installation.server.kill()
            throw error
        }
        #expect(try await installation.server.terminate() == 0)
    }

    private init(_ data: String, _ program: PurserProgram, _ server: PurserServer) {
        self.data = data
        self.program = program
        self.server = server
    }

    var client: APIClient { server.client }

    func postgres() throws -> PostgresServer {
        guard let server = PostgresServer(cluster: data + "/postgres") else { throw Failure("no PostgreSQL runs") }
        return server
    }

    func restart() async throws { server = try await PurserServer.start(program) }

    /// Everything that the clients of a load were told is there, the rest is found or expires, and the tables are sound.
    ///
    /// - Returns: how many holds had been made for calls that were not answered.
    @discardableResult
    func expectAll(of load: Load) async throws -> Int {
        let state = load.now
        #expect(state.faults == [])
        var aftermath = Aftermath()
        try await aftermath.check(state.attempts, client)
        #expect(aftermath.faults == [])
        acknowledged.formUnion(state.attempts.compactMap(\.id))
        open.formUnion(aftermath.open)
        let unanswered = state.attempts.filter { $0.admitted == nil }.count
        print("\(state.admitted) holds were answered; of \(unanswered) others \(aftermath.found) were found by their key")

        let database = "host='\(data)/sockets' user=postgres dbname=purser"
        try await eventually("the holds of unanswered calls expire") {
            Set(try LedgerTables.read(database).open.keys.map(\.description)) == open
        }
        let tables = try LedgerTables.read(database)
        #expect(tables.faults() == [])
        let kept = Set(tables.reservations.keys.map(\.description))
        #expect(acknowledged.isSubset(of: kept))
        let verification = try await program.run("verify")
        #expect(verification.status == 0, "\(verification.output)")
        return aftermath.found
    }
}
