import Postgres
import Testing

/// The error of the module that `body` throws; a failure of the test if it throws none.
func failure<R>(of body: () throws -> R, sourceLocation: SourceLocation = #_sourceLocation) throws -> PostgresError {
    try #require(throws: PostgresError.self, sourceLocation: sourceLocation) { _ = try body() }
}

/// The error of the module that `body` throws; a failure of the test if it throws none.
func failure<R>(
    of body: () async throws -> R,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> PostgresError {
    do {
        _ = try await body()
    } catch let error as PostgresError {
        return error
    }
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
    throw PostgresError(.misuse, "no error was thrown")
}
