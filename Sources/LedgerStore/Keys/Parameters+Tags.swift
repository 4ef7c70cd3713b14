internal import Ledger
internal import Postgres

extension Parameters {
    /// The names and the values of tags, as two arrays.
    mutating func append(_ tags: Tags) {
        textArray(tags.entries.map(\.name))
        textArray(tags.entries.map(\.value))
    }
}
