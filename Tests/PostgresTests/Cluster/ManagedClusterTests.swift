import Foundation
import Postgres
import Testing

@Suite("A managed cluster", .serialized)
struct ManagedClusterTests {
    private func cluster(_ folder: String, _ settings: ClusterSettings = TestCluster.settings) -> ManagedCluster {
        ManagedCluster(dataDirectory: folder, settings: settings)
    }

    private func session(_ cluster: ManagedCluster) throws -> Session {
        try Session.connect(ConnectionSettings(cluster.connectionString))
    }

    @Test("is made, stopped and started again with its data")
    func restart() async throws {
        let folder = try TestFolder.make() + "/new/folder"
        let cluster = cluster(folder)
        #expect(cluster.postmasterPID == nil)
        try await cluster.start()
        #expect(cluster.postmasterPID != nil)
        try session(cluster).run("CREATE TABLE t AS SELECT 7::int8 AS id")
        await cluster.stop()
        #expect(cluster.postmasterPID == nil)
        #expect(try failure { try session(cluster) }.code == .connectionFailed)
        try await cluster.start()
        #expect(try session(cluster).number("SELECT id FROM t") == 7)
        #expect(try session(cluster).query("SHOW listen_addresses").text(0, 0) == "")
        #expect(try session(cluster).query("SHOW data_checksums").text(0, 0) == "on")
        await cluster.stop()
    }

    @Test("lets only the server's user into its folders, and is not reached by Ctrl-C")
    func isolation() async throws {
        let cluster = try await TestCluster.shared()
        let process = try #require(cluster.postmasterPID)
        let folder = try #require(cluster.socketDirectory)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        #expect(getpgid(process) != getpgrp())
        #expect(getsid(process) != getsid(0))
        let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(process)")[.ownerAccountName] as? String
        if geteuid() == 0 { #expect(owner == "postgres") }
    }

    @Test("is started again when its server was killed")
    func killed() async throws {
        let cluster = cluster(try TestFolder.make())
        try await cluster.start()
        try session(cluster).run("CREATE TABLE t AS SELECT 7::int8 AS id")
        try session(cluster).run("CHECKPOINT")
        for _ in 0..<2 {
            let process = try #require(cluster.postmasterPID)
            try await cluster.ensureRunning()
            #expect(cluster.postmasterPID == process)
            kill(process, SIGKILL)
            #expect(try await eventually { cluster.postmasterPID == nil })
            try await cluster.ensureRunning()
            #expect(cluster.postmasterPID != process)
            #expect(try session(cluster).number("SELECT id FROM t") == 7)
        }
        await cluster.stop()
        try await cluster.ensureRunning()
        #expect(cluster.postmasterPID == nil)
    }

    @Test("is started once by those who come together, and stopped by the last who leaves")
    func shared() async throws {
        let folder = try TestFolder.make()
        let users = (0..<3).map { _ in cluster(folder) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for user in users { group.addTask { try await user.start() } }
            try await group.waitForAll()
        }
        let process = try #require(users[0].postmasterPID)
        await users[0].stop()
        await users[1].stop()
        await users[1].stop()
        #expect(users[0].postmasterPID == process)
        #expect(try session(users[2]).number("1") == 1)
        await users[2].stop()
        #expect(users[0].postmasterPID == nil)
    }

    @Test("that a killed program left running is found again")
    func attach() async throws {
        let folder = try TestFolder.make()
        let process: Int32
        do {
            // What a kill -9 does to the locks, the release of the cluster does too.
            let abandoned = cluster(folder)
            try await abandoned.start()
            process = try #require(abandoned.postmasterPID)
        }
        let next = cluster(folder)
        try await next.start()
        #expect(next.postmasterPID == process)
        await next.stop()
        #expect(next.postmasterPID == nil)
    }

    @Test("starts although the pid that it left behind is now another program's")
    func stalePID() async throws {
        let folder = try TestFolder.make()
        let cluster = cluster(folder)
        try await cluster.start()
        let process = try #require(cluster.postmasterPID)
        let file = folder + "/postgres/postmaster.pid"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        kill(process, SIGKILL)
        #expect(try await eventually { cluster.postmasterPID == nil })
        let other = text.replacing("\(process)\n", with: "\(getppid())\n", maxReplacements: 1)
        try other.write(toFile: file, atomically: false, encoding: .utf8)
        #expect(cluster.postmasterPID == nil)
        try await cluster.ensureRunning()
        #expect(try session(cluster).number("1") == 1)
        await cluster.stop()
    }

    @Test("half made by a program that was killed is made anew")
    func halfMade() async throws {
        let folder = try TestFolder.make()
        try FileManager.default.createDirectory(
            atPath: folder + "/postgres.new/base", withIntermediateDirectories: true)
        try "15".write(toFile: folder + "/postgres.new/PG_VERSION", atomically: true, encoding: .utf8)
        let cluster = cluster(folder)
        try await cluster.start()
        #expect(try session(cluster).number("1") == 1)
        await cluster.stop()
        #expect(!FileManager.default.fileExists(atPath: folder + "/postgres.new"))
    }

    @Test("below a path too long for a socket has its socket elsewhere")
    func longPath() async throws {
        let folder = try TestFolder.make() + "/" + String(repeating: "long", count: 25)
        let cluster = cluster(folder)
        try await cluster.start()
        #expect(try session(cluster).number("1") == 1)
        await cluster.stop()
        try FileManager.default.removeItem(atPath: try #require(cluster.socketDirectory))
    }

    @Test("in a place with spaces and quotes")
    func oddPath() async throws {
        let cluster = cluster(try TestFolder.make() + "/it's \\ here")
        try await cluster.start()
        #expect(try session(cluster).number("1") == 1)
        await cluster.stop()
    }

    @Test("with a setting that is none says which")
    func badSetting() async throws {
        var settings = TestCluster.settings
        settings.extra = ["shared_bufers": "1GB"]
        let cluster = cluster(try TestFolder.make(), settings)
        let error = try await failure { try await cluster.start() }
        #expect(error.code == .cluster)
        #expect(error.detail?.contains("shared_bufers") == true)
        #expect(cluster.postmasterPID == nil)
    }

    @Test("where the server's user cannot go says what to do", .enabled(if: geteuid() == 0))
    func unreachable() async throws {
        let folder = try TestFolder.make()
        chmod(folder, 0o700)
        let error = try await failure { try await cluster(folder + "/data").start() }
        #expect(error.code == .cluster)
        #expect(error.message.contains("PURSER_DATA_DIR"))
    }
}
