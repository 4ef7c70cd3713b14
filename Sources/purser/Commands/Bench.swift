import ArgumentParser

/// Measures a deployment.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Load a running server and report rates and latencies.")

    func run() async throws {}
}
