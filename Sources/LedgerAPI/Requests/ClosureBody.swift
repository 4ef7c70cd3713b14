internal import JSON

/// The body of `POST /v1/anomalies/{id}/close`.
struct ClosureBody {
    private enum Field: String, CaseIterable { case expected, reason }
    private static let fields = JSONFields<Field>()

    private var isExpected: Bool?
    private var reason: String?

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .expected: isExpected = try reader.bool()
            case .reason: reason = try reader.label(maximum: 1_024)
            }
        }
    }

    func parts() throws -> (isExpected: Bool, reason: String) {
        guard let isExpected else {
            throw Problem.invalid("/expected", "send true if this level is as it should be, and is not to be told again, else false")
        }
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept in the history") }
        return (isExpected, reason)
    }
}
