import Testing

/// Replicas of the service over one database of their own.
struct Replicas: Sendable {
    static let adminKey = "pk_default_" + String(repeating: "e2e-admin-", count: 4)

    let program: PurserProgram
    let databaseURL: String
    let servers: [PurserServer]

    /// A client of each of them.
    var clients: [APIClient] { servers.map(\.client) }
    var first: APIClient { clients[0] }
    var last: APIClient { clients[clients.count - 1] }

    /// Runs `body` with so many replicas, and stops them.
    ///
    /// - Parameter settings: more environment for each of them.
    static func with<Result>(_ count: Int, _ arguments: String..., settings: [String: String] = [:], body: (Replicas) async throws -> Result)
        async throws -> Result
    {
        let folder = try TestFolder()
        defer { folder.remove() }
        let databaseURL = try await SharedPostgres.database()
        let program = PurserProgram(folder: folder, databaseURL: databaseURL, adminKey: adminKey, settings: settings)
        var servers: [PurserServer] = []
        for _ in 0..<count { servers.append(try await PurserServer.start(program, arguments)) }
        let replicas = Replicas(program: program, databaseURL: databaseURL, servers: servers)
        let result: Result
        do {
            result = try await body(replicas)
        } catch {
            for server in servers { try await server.kill() }
            throw error
        }
        for server in servers {
            let status = try await server.terminate()
            #expect(status == 0, "\(server.process.errors.suffix(2_000))")
        }
        return result
    }

    /// Expects that neither `purser verify` nor the tables themselves show anything wrong.
    ///
    /// - Parameter ceilings: by envelope, up to which share of its limit its plan admits calls, in per cent; 100 for the others.
    @discardableResult
    func expectSound(ceilings: [String: Int64] = [:], sourceLocation: SourceLocation = #_sourceLocation) async throws -> LedgerTables {
        let verification = try await program.run("verify")
        #expect(verification.status == 0, "\(verification.output)", sourceLocation: sourceLocation)
        let tables = try LedgerTables.read(databaseURL)
        #expect(tables.faults(ceilings: ceilings) == [], sourceLocation: sourceLocation)
        return tables
    }
}
