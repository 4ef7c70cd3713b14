/// Finds the envelopes that can match a call without looking at all of them: each is filed under one condition that
/// names its values exactly, the one which the fewest others share.
struct EnvelopeIndex: Sendable {
    private struct Key: Hashable {
        let label: String
        let value: String
    }

    /// By label, then by value: positions in the policy, ascending.
    private var filed: [(label: String, positions: [String: [Int]])] = []
    /// Those without such a condition.
    private var unfiled: [Int] = []

    init(_ envelopes: [Envelope]) {
        var shared: [Key: Int] = [:]
        for envelope in envelopes {
            for condition in envelope.match {
                for value in condition.matcher.exactValues ?? [] { shared[Key(label: condition.label, value: value), default: 0] += 1 }
            }
        }
        var byLabel: [String: [String: [Int]]] = [:]
        for (position, envelope) in envelopes.enumerated() {
            var best: (label: String, values: [String], weight: Int)?
            for condition in envelope.match {
                guard let values = condition.matcher.exactValues else { continue }
                let weight = values.reduce(0) { $0 + (shared[Key(label: condition.label, value: $1)] ?? 0) }
                if weight < best?.weight ?? .max { best = (condition.label, values, weight) }
            }
            guard let best else {
                unfiled.append(position)
                continue
            }
            for value in Set(best.values) { byLabel[best.label, default: [:]][value, default: []].append(position) }
        }
        filed = byLabel.map { (label: $0.key, positions: $0.value) }.sorted { $0.label < $1.label }
    }

    /// The positions of the envelopes that may match, ascending.
    func candidates(for call: Call) -> [Int] {
        var found = unfiled
        var isMixed = false
        for (label, positions) in filed {
            guard let value = call.label(label), let here = positions[value] else { continue }
            isMixed = isMixed || !found.isEmpty
            found += here
        }
        // Each envelope is filed under one label, so none is found twice.
        if isMixed { found.sort() }
        return found
    }
}
