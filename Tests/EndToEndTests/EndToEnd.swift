import Testing

/// The tests that drive the real binary over HTTP, one after another: they start processes and share a PostgreSQL.
///
/// | environment | meaning |
/// | --- | --- |
/// | `PURSER_BINARY` | the program to test; default: the one beside the test's own build |
/// | `PURSER_E2E_SEED` | makes the random choices of a run again; each run prints its own |
/// | `PURSER_E2E_OPERATIONS` | how many operations the long run does; default 10,000 |
@Suite(.serialized, .timeLimit(.minutes(15)))
enum EndToEnd {}
