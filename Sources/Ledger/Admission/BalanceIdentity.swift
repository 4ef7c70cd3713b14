/// What a balance is the balance of; never changes.
public final class BalanceIdentity: Sendable {
    public let id: Identifier
    public let envelope: String
    public let meter: Meter
    /// `Envelope.rule` of the envelope when the balance began.
    public let rule: String
    public let names: [String]
    /// The values of the `per` tags, in the order of `names`.
    public let values: [String]
    public let window: Window

    public init(id: Identifier, envelope: String, meter: Meter, rule: String, names: [String], values: [String], window: Window) {
        self.id = id
        self.envelope = envelope
        self.meter = meter
        self.rule = rule
        self.names = names
        self.values = values
        self.window = window
    }

    public convenience init(id: Identifier, claim: Claim) {
        self.init(
            id: id, envelope: claim.envelope.name, meter: claim.envelope.meter, rule: claim.envelope.rule,
            names: claim.envelope.per, values: claim.values, window: claim.window
        )
    }

    /// Whether this is the balance of grants, beside an envelope.
    public var isGrant: Bool { rule == Grant.rule }

    /// Whether this is the balance of another value of one of these tags.
    public func contradicts(_ tags: Tags) -> Bool {
        zip(names, values).contains { name, value in tags[name].map { $0 != value } ?? false }
    }

    /// The bytes whose hash is the balance's id: organisation, envelope, rule, `per` names and values, window start.
    public static func canonicalBytes(organisation: Identifier, claim: Claim) -> [UInt8] {
        var bytes = CanonicalBytes()
        bytes.append(organisation)
        bytes.append(claim.envelope.name)
        bytes.append(claim.envelope.rule)
        bytes.append(Int64(claim.values.count))
        for value in claim.values { bytes.append(value) }
        bytes.append(claim.window.start?.microseconds)
        return bytes.bytes
    }
}
