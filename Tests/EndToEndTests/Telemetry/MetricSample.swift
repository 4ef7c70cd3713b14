/// One line of `/metrics`.
struct MetricSample {
    let name: String
    let labels: [String: String]
    let value: Double

    static func all(_ client: APIClient) async throws -> [MetricSample] {
        let answer = try await client.get("/metrics")
        guard answer.status == 200 else { throw Failure("no metrics: \(answer)") }
        return try answer.body.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { try MetricSample($0) }
    }

    /// The sum of a metric over the label sets that have these labels.
    static func sum(_ name: String, _ labels: [String: String] = [:], in samples: [MetricSample]) -> Double {
        let fitting = samples.filter { sample in sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value } }
        return fitting.reduce(0) { $0 + $1.value }
    }

    private init(_ line: Substring) throws {
        guard let match = line.wholeMatch(of: #/([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/#) else { throw Failure("not a sample: \(line)") }
        name = String(match.1)
        var labels: [String: String] = [:]
        for label in (match.2 ?? "").matches(of: #/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/#) { labels[String(label.1)] = String(label.2) }
        self.labels = labels
        guard let value = match.3 == "+Inf" ? .infinity : Double(match.3) else { throw Failure("not a number: \(line)") }
        self.value = value
    }
}
