import Foundation
import Postgres
import Testing

@Suite("A migration is a numbered file")
struct MigrationTests {
    @Test("version and name come from the file's name")
    func fileName() throws {
        let migration = try Migration(fileName: "0042_add_webhooks.sql", sql: "SELECT 1")
        #expect(migration.version == 42)
        #expect(migration.name == "add_webhooks")
        #expect(migration.sql == "SELECT 1")
    }

    @Test(
        "other names are refused",
        arguments: ["webhooks.sql", "0001.sql", "0000_zero.sql", "1_a.txt", "99999999999_a.sql", "-1_a.sql"])
    func badName(fileName: String) throws {
        let error = try failure { try Migration(fileName: fileName, sql: "") }
        #expect(error.code == .migration)
        #expect(error.message.contains(fileName))
    }

    @Test("a folder is read in the order of the versions")
    func folder() throws {
        let folder = try TestFolder.make()
        for (name, sql) in [("10_ten.sql", "SELECT 10"), ("9_nine.sql", "SELECT 9"), ("README.md", "no SQL")] {
            try sql.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        #expect(try Migration.load(directory: folder).map(\.version) == [9, 10])
        #expect(try failure { try Migration.load(directory: folder + "/none") }.code == .migration)
    }
}
