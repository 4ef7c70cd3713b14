internal import Foundation

/// One numbered SQL file, run once in each database, in a transaction of its own.
public struct Migration: Sendable, Hashable {
    /// The leading digits of the file's name.
    public let version: Int
    /// The rest of the file's name, without the extension.
    public let name: String
    /// One or more statements, without BEGIN and COMMIT.
    public let sql: String

    /// Makes a migration from a file's name, such as `0007_webhooks.sql`, and its text.
    ///
    /// Throws ``PostgresError/Code/migration`` for a name without leading digits (1 to 2,147,483,647), without a rest,
    /// or not ending in `.sql`.
    public init(fileName: String, sql: String) throws(PostgresError) {
        let digits = fileName.prefix { $0.isASCII && $0.isNumber }
        let rest = fileName.dropFirst(digits.count)
        guard let version = Int32(digits), version > 0, rest.hasSuffix(".sql") else {
            throw PostgresError(.migration, "\(fileName): a migration is called like 0007_webhooks.sql")
        }
        let name = rest.dropLast(4).drop { $0 == "_" || $0 == "-" || $0 == " " }
        guard !name.isEmpty else {
            throw PostgresError(.migration, "\(fileName): a migration needs a name after its number")
        }
        self.version = Int(version)
        self.name = String(name)
        self.sql = sql
    }

    /// Reads every `.sql` file of a folder, in the order of their versions.
    ///
    /// Throws ``PostgresError/Code/migration`` if the folder or a file cannot be read.
    public static func load(directory: String) throws(PostgresError) -> [Migration] {
        let files: [(name: String, sql: String)]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0.hasSuffix(".sql") }
                .map { ($0, try String(contentsOfFile: "\(directory)/\($0)", encoding: .utf8)) }
        } catch {
            throw PostgresError(.migration, "the migrations in \(directory) cannot be read: \(error)")
        }
        var migrations: [Migration] = []
        for file in files { migrations.append(try Migration(fileName: file.name, sql: file.sql)) }
        return migrations.sorted { $0.version < $1.version }
    }
}
