import Postgres
import Testing

@testable import struct Postgres.ConnectionOptions

@Suite("Connection strings are understood as libpq understands them")
struct ConnectionSettingsTests {
    @Test(
        "the database is replaced and all else stays",
        arguments: [
            "host=/tmp/a user=u dbname=old sslmode=verify-full", "postgresql://u@%2Ftmp%2Fa/old?sslmode=verify-full",
        ])
    func replacing(text: String) throws {
        let options = try ConnectionOptions(ConnectionSettings(text).replacing(database: "new's").connectionString)
        #expect(options["dbname"] == "new's")
        #expect(options["host"] == "/tmp/a")
        #expect(options["user"] == "u")
        #expect(options["sslmode"] == "verify-full")
    }

    @Test("values with quotes, spaces and backslashes survive")
    func quoting() throws {
        let password = #"it's a \ secret "#
        let text = "host=h password=\(ConnectionOptions.quoted(password))"
        let settings = ConnectionSettings(text).replacing(database: "d")
        #expect(try ConnectionOptions(settings.connectionString)["password"] == password)
    }

    @Test("several hosts are tried one by one, each with its port")
    func hosts() throws {
        let hosts = try ConnectionOptions("postgresql://u@a:1,b:2/d?target_session_attrs=read-write").perHost
        #expect(hosts.map { $0["host"] } == ["a", "b"])
        #expect(hosts.map { $0["port"] } == ["1", "2"])
        #expect(hosts.map { $0["target_session_attrs"] } == ["read-write", "read-write"])
        #expect(try ConnectionOptions("host=a,b port=7").perHost.map { $0["port"] } == ["7", "7"])
        #expect(
            try ConnectionOptions("host=a,b hostaddr=1.2.3.4,1.2.3.5").perHost.map { $0["hostaddr"] } == [
                "1.2.3.4", "1.2.3.5",
            ])
    }

    @Test(
        "what cannot be taken apart is left to libpq",
        arguments: ["dbname=d", "host=a", "host=a,b port=1,2,3", "host=a,b target_session_attrs=prefer-standby"])
    func whole(text: String) throws {
        #expect(try ConnectionOptions(text).perHost.count == 1)
    }
}
