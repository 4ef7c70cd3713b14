/// What a database knows of one migration.
public struct MigrationStatus: Sendable, Hashable {
    public let migration: Migration
    /// Microseconds since 1970, or nil while it was not applied.
    public let appliedAt: Int64?
    /// Whether the text is the one that was applied; true while it was not applied.
    public let checksumMatches: Bool
}
