import Postgres

struct TestID: UUIDRepresentable, Hashable, Sendable {
    let high: UInt64
    let low: UInt64
}
