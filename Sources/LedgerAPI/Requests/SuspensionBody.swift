internal import JSON
internal import Ledger
internal import LedgerStore

/// The body of `POST /v1/suspensions`.
struct SuspensionBody {
    private enum Field: String, CaseIterable { case subject, reason }
    private enum SubjectField: String, CaseIterable { case type, id }
    private static let fields = JSONFields<Field>()
    private static let subjectFields = JSONFields<SubjectField>()

    private var kind: Subject.Kind?
    private var id: String?
    private var reason: String?

    init(_ reader: inout JSONReader) throws(JSONError) {
        try reader.object(Self.fields) { field, reader throws(JSONError) in
            switch field {
            case .reason: reason = try reader.label(maximum: 1_024)
            case .subject:
                try reader.object(Self.subjectFields) { field, reader throws(JSONError) in
                    switch field {
                    case .type: kind = try reader.choice(Subject.Kind.self)
                    case .id: id = try reader.label(maximum: Tags.maximumValueLength)
                    }
                }
            }
        }
    }

    func draft(author: String, idempotencyKey: String?) throws -> SuspensionDraft {
        guard let kind else { throw Problem.invalid("/subject/type", "say what is suspended: \(Self.kinds)") }
        guard var id else { throw Problem.invalid("/subject/id", "say which \(kind.rawValue) is suspended") }
        guard let reason else { throw Problem.invalid("/reason", "say why; it is kept in the history") }
        if kind == .key {
            guard let key = Identifier(id) else { throw Problem.invalid("/subject/id", "send the id of a key, as GET /v1/keys lists it") }
            id = key.description
        }
        var bytes = CanonicalBytes()
        bytes.append(kind.rawValue)
        bytes.append(id)
        bytes.append(reason)
        return SuspensionDraft(
            subject: Subject(kind: kind, id: id), reason: reason, author: author,
            idempotency: idempotencyKey.map { IdempotencyKey(route: "suspensions", key: $0, body: bytes) })
    }

    private static let kinds = Subject.Kind.allCases.map(\.rawValue).joined(separator: ", ")
}
