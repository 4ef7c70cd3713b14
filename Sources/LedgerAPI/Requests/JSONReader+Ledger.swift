internal import JSON
internal import Ledger
internal import LedgerStore

/// How the ledger's values are read from the wire, once for all routes.
extension JSONReader {
    /// Money in major units: a string, never a number.
    mutating func money() throws(JSONError) -> Money {
        let start = offset
        if isAtNumber { throw unexpected("money is a string in major units, such as \"0.18\", so that no digit is lost") }
        let text = try string()
        guard let money = Money(text) else {
            throw JSONError(
                .unexpected, offset: start,
                detail: "send a decimal string from \"0\" to \"9223372036.854775807\" with at most nine decimals, without sign or exponent")
        }
        return money
    }

    mutating func count() throws(JSONError) -> Int64 { try integer(in: 0...TokenUsage.maximum) }

    /// Nothing where a `null` stands.
    mutating func optional<Value>(_ body: (inout JSONReader) throws(JSONError) -> Value) throws(JSONError) -> Value? {
        try takeNull() ? nil : try body(&self)
    }

    mutating func choice<Value: RawRepresentable<String> & CaseIterable>(_: Value.Type) throws(JSONError) -> Value {
        let start = offset
        guard let value = Value(rawValue: try string()) else {
            throw JSONError(.unexpected, offset: start, detail: "send one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    mutating func time() throws(JSONError) -> Timestamp {
        let start = offset
        guard let time = Timestamp(rfc3339: try string()) else {
            throw JSONError(.unexpected, offset: start, detail: "send an RFC 3339 time such as \"2026-11-21T10:02:00Z\"")
        }
        return time
    }

    mutating func tags() throws(JSONError) -> Tags {
        var tags: [Tags.Tag] = []
        try dictionary { name, start, reader throws(JSONError) in
            guard Tags.isValid(name: name) else {
                throw JSONError(
                    .unexpected, offset: start, detail: "a tag name is 1 to 63 lower-case letters, digits and '_', beginning with a letter")
            }
            guard !Call.reservedLabels.contains(name) else {
                throw JSONError(.unexpected, offset: start, detail: "'\(name)' cannot be a tag; it is read from the call itself")
            }
            guard !tags.contains(where: { $0.name == name }) else {
                throw JSONError(.unexpected, offset: start, detail: "this tag stands here twice; send it once")
            }
            guard tags.count < Tags.maximumCount else {
                throw JSONError(.unexpected, offset: start, detail: "a call carries at most \(Tags.maximumCount) tags")
            }
            tags.append(Tags.Tag(name: name, value: try reader.label(maximum: Tags.maximumValueLength)))
        }
        return Tags(tags)
    }
}
