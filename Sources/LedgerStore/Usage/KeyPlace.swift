internal import Ledger
internal import Postgres

/// By what the calls of API keys are summed up: the hour, the key, and which tags they carried.
struct KeyPlace: Hashable {
    /// The most tags beyond those that reports are made from: the others have no name.
    private static let customLimit = 8

    /// In seconds since 1970.
    let start: Int64
    let key: Identifier
    let environment: String?
    /// Sorted.
    let present: [String]
    let id: Identifier

    init(start: Int64, key: Identifier, tags: Tags) {
        self.init(start: start, key: key, environment: tags["environment"], present: tags.entries.map(\.name))
    }

    private init(start: Int64, key: Identifier, environment: String?, present: [String]) {
        self.start = start
        self.key = key
        self.environment = environment
        self.present = present
        var bytes = CanonicalBytes()
        bytes.append(key)
        bytes.append(environment)
        for name in present { bytes.append(name) }
        id = Digest.identifier(bytes.bytes)
    }

    /// Tags that somebody made up.
    var hasCustom: Bool { !present.allSatisfy(UsageDimension.reported.contains) }

    /// Without the tags that no report is made from and that are not among these: callers write what they like, and rows have an end.
    func keeping(_ named: Set<String>) -> KeyPlace {
        let custom = present.filter { !UsageDimension.reported.contains($0) && named.contains($0) }
        let kept = custom.count > Self.customLimit ? [] : Set(custom)
        return KeyPlace(
            start: start, key: key, environment: environment, present: present.filter { UsageDimension.reported.contains($0) || kept.contains($0) })
    }

    static func step(_ sums: [KeyPlace: UsageSums], _ organisation: Identifier) -> PipelineStep {
        let rows = sums.sorted { ($0.key.start, $0.key.id) < ($1.key.start, $1.key.id) }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestampArray(rows.map { $0.key.start * 1_000_000 })
        parameters.uuidArray(rows.map(\.key.id))
        parameters.uuidArray(rows.map(\.key.key))
        parameters.textArray(rows.map(\.key.environment))
        // An array of arrays would be a matrix; no name has a comma.
        parameters.textArray(rows.map { $0.key.present.joined(separator: ",") })
        parameters.int8Array(rows.map(\.value.allCalls))
        parameters.int8Array(rows.map(\.value.cost))
        return PipelineStep(statement, parameters)
    }

    private static let statement = Statement(
        "usage_add_keys",
        """
        INSERT INTO usage_keys AS u (org_id, hour, id, key_id, environment, present, calls, cost)
        SELECT e.org_id, d.hour, d.id, d.key_id, d.environment, string_to_array(d.present, ','), d.calls, d.cost FROM org_epochs e,
             unnest($2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
             AS d(hour, id, key_id, environment, present, calls, cost)
        WHERE e.org_id = $1
        ON CONFLICT (org_id, hour, id) DO UPDATE
        SET calls = LEAST(u.calls::numeric + excluded.calls, 9223372036854775807)::bigint,
            cost = LEAST(u.cost::numeric + excluded.cost, 9223372036854775807)::bigint
        """
    )
}
