/// Waits until `condition` is true; fails after a limit that only a broken program reaches.
func eventually(_ what: String, within limit: Duration = .seconds(120), _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else { throw Failure("waited in vain: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
