public import Ledger
internal import Postgres

/// Whose suspensions a key may see and change: everybody's, or those within the tags that it is bound to.
public struct SuspensionScope: Sendable {
    private let tags: Tags
    private let subjects: [Subject]

    /// Of the service itself.
    public static let everything = SuspensionScope()

    private init() {
        tags = Tags()
        subjects = []
    }

    /// - Parameter ring: the organisation's keys, which are subjects as well.
    public init(_ key: APIKey, keys ring: KeyRing) {
        tags = key.boundTags
        guard !key.boundTags.isEmpty else {
            subjects = []
            return
        }
        let named = Subject.Kind.allCases.compactMap { kind in
            kind.tag.flatMap { key.boundTags[$0] }.map { Subject(kind: kind, id: $0) }
        }
        let keys = ring.keys(boundTo: key.boundTags).map { Subject(kind: .key, id: $0.id.description) }
        subjects = named + keys
    }

    /// Whether everything that a suspension of the subject stops lies within the tags.
    public func contains(_ subject: Subject) -> Bool { tags.isEmpty || subjects.contains(subject) }

    /// A condition on `suspensions s`, of the four parameters that `append` adds, the first of them with this number. What the
    /// plan of a balance within the tags suspended is seen too.
    static func condition(from first: Int) -> String {
        let tags = "unnest($\(first)::text[], $\(first + 1)::text[]) AS t(name, value)"
        return """
            (cardinality($\(first)::text[]) = 0
             OR EXISTS (SELECT FROM unnest($\(first + 2)::text[], $\(first + 3)::text[]) AS u(type, id)
                        WHERE u.type = s.subject_type AND u.id = s.subject_id)
             OR EXISTS (SELECT FROM balances b WHERE b.org_id = $1 AND b.id = s.balance_id AND NOT EXISTS (
                    SELECT FROM \(tags) WHERE b."values"[array_position(b.names, t.name)] IS DISTINCT FROM t.value)))
            """
    }

    func append(to parameters: inout Parameters) {
        parameters.append(tags)
        parameters.textArray(subjects.map(\.kind.rawValue))
        parameters.textArray(subjects.map(\.id))
    }
}
