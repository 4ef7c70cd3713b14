internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/envelopes/{name}/adjustments`.
struct AdjustmentBody {
    private enum Field: String, CaseIterable { case amount, reason, key, expires_at }
    private static let fields = JSONFields<Field>()

    private var amount: Int64?
    private var reason: String?
    private var key = Tags()
    private var expiresAt: Timestamp?

    init(_ reader: inout JSONReader, meter: Meter) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .amount: amount = try reader.signedAmount(meter)
            case .reason: reason = try reader.label(maximum: 1_024)
            case .key: key = try reader.optional { reader throws(JSONError) in try reader.balanceKey() } ?? Tags()
            case .expires_at: expiresAt = try reader.optional { reader throws(JSONError) in try reader.time() }
            }
        }
    }

    /// Whether the balance is of all of these tags.
    func concerns(_ bound: Tags) -> Bool { key.contains(bound) }

    func request(caller: Caller, envelope: String, idempotencyKey: String) throws -> AdjustRequest {
        guard let amount, amount != 0 else {
            throw Problem.invalid("/amount", "say by how much the limit changes: more than zero to add, less than zero to take away")
        }
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept in the history") }
        var bytes = CanonicalBytes()
        bytes.append(envelope)
        bytes.append(amount)
        bytes.append(reason)
        bytes.append(key)
        bytes.append(expiresAt?.microseconds)
        return AdjustRequest(
            key: caller.key, idempotency: IdempotencyKey(route: "adjustments", key: idempotencyKey, body: bytes),
            envelope: envelope, balanceKey: key, amount: amount, reason: reason, author: caller.author, expiresAt: expiresAt)
    }
}

extension JSONReader {
    /// An amount of a meter that may be negative.
    fileprivate mutating func signedAmount(_ meter: Meter) throws(JSONError) -> Int64 {
        guard meter == .cost else { return try integer(in: -TokenUsage.maximum...TokenUsage.maximum) }
        let start = offset
        if isAtNumber { throw unexpected("money is a string in major units, such as \"100\" or \"-12.5\", so that no digit is lost") }
        let text = try string()
        let isNegative = text.hasPrefix("-")
        guard let money = Money(isNegative ? String(text.dropFirst()) : text) else {
            throw JSONError(.unexpected, offset: start, detail: "send a decimal string with at most nine decimals, with '-' to take away")
        }
        return isNegative ? -money.nanos : money.nanos
    }

    /// The `per` values of a balance; `model`, `tool` and `tier` can be among them, and values can be empty.
    fileprivate mutating func balanceKey() throws(JSONError) -> Tags {
        var tags: [Tags.Tag] = []
        try dictionary { name, start, reader throws(JSONError) in
            guard Tags.isValid(name: name), tags.count < Tags.maximumCount, !tags.contains(where: { $0.name == name }) else {
                throw JSONError(.unexpected, offset: start, detail: "send each of the envelope's per tags once")
            }
            // A value is empty where the calls lacked the tag.
            tags.append(Tags.Tag(name: name, value: try reader.takeEmpty() ? "" : try reader.label(maximum: Tags.maximumValueLength)))
        }
        return Tags(tags)
    }
}
