/// The rules of an organisation, one version of them, ready to decide by.
public struct Policy: Sendable {
    /// 0 for the empty policy of an organisation that has none yet.
    public let version: Int64
    public let envelopes: [Envelope]
    private let byName: [String: Envelope]

    public init(version: Int64, envelopes: [Envelope]) {
        self.version = version
        self.envelopes = envelopes
        byName = Dictionary(envelopes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public static let empty = Policy(version: 0, envelopes: [])

    public func envelope(named name: String) -> Envelope? { byName[name] }

    /// The windows of all envelopes around a moment.
    public func windows(at time: Timestamp) -> WindowSet { WindowSet(envelopes.map(\.windowRule), at: time) }

    /// What a call asks of every envelope that matches it, in the policy's order.
    ///
    /// - Parameter windows: those of this policy, around the moment of the call.
    /// - Throws: `TagsMissing` with every `per` tag that the call lacks: dropping a tag must evade no limit.
    public func claims(of call: Call, in windows: WindowSet) throws(TagsMissing) -> [Claim] {
        var claims: [Claim] = []
        var missing: [String] = []
        claims.reserveCapacity(envelopes.count)
        for (position, envelope) in envelopes.enumerated() where envelope.matches(call) {
            var values: [String] = []
            values.reserveCapacity(envelope.per.count)
            for label in envelope.per {
                if let value = call.label(label) ?? Self.absentValue(of: label) {
                    values.append(value)
                } else if !missing.contains(label) {
                    missing.append(label)
                }
            }
            guard missing.isEmpty else { continue }
            claims.append(
                Claim(envelope: envelope, values: values, window: windows.windows[position], amount: call.amounts[envelope.meter])
            )
        }
        guard missing.isEmpty else { throw TagsMissing(names: missing) }
        return claims
    }

    /// A model call has no tool and a tool call no model; its caller could not give one, so the empty text stands for it.
    private static func absentValue(of label: String) -> String? {
        label == "model" || label == "tool" ? "" : nil
    }
}
