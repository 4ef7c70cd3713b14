internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// The query of a report: its time, its filter, and where its page begins.
struct ReportQuery {
    /// What every report takes beside tags.
    static let known: Set<String> = ["from", "to", "time_zone", "limit", "after"]

    let query: Query
    let zone: Zone
    /// In seconds since 1970.
    let range: Range<Int64>
    let limit: Int
    let cursor: ReportCursor?
    private let known: Set<String>

    /// - Parameters:
    ///   - also: what this report takes more.
    ///   - defaultStart: where the report begins if `from` is not said, by its end, in seconds since 1970.
    init(
        _ request: Request, also: Set<String> = [], takesTags: Bool = true, now: Timestamp, defaultStart: (Int64, Zone) -> Int64 = monthStart
    ) throws {
        known = Self.known.union(also)
        query = try Query(request, known: known, takesTags: takesTags)
        limit = try query.limit()
        zone = try Self.zone(query["time_zone"])
        cursor = try query["after"].map { text in
            guard let cursor = ReportCursor(text) else { throw Problem.invalid("?after", "send the `next` of the page before") }
            return cursor
        }
        let end = try Self.moment(query["to"], "to", zone: zone, isLast: true)
        let start = try Self.moment(query["from"], "from", zone: zone, isLast: false)
        // A page goes on with the time of the page before.
        if let cursor {
            guard end ?? cursor.range.upperBound == cursor.range.upperBound, start ?? cursor.range.lowerBound == cursor.range.lowerBound else {
                throw Problem.invalid("?after", "send it with the same `from` and `to` as the page before, or without them")
            }
            range = cursor.range
            return
        }
        let to = end ?? (now.seconds / 3_600 + 1) * 3_600
        let from = start ?? defaultStart(to, zone)
        guard from < to else { throw Problem.invalid("?from", "begin before the end, which is \(Timestamp(seconds: to))") }
        range = from..<to
    }

    /// The first day of the month that an end lies in, or ends.
    static func monthStart(_ end: Int64, _ zone: Zone) -> Int64 {
        WindowRule(.month, zone: zone).window(containing: Timestamp(seconds: end - 1)).start?.seconds ?? end
    }

    private static func zone(_ name: String?) throws -> Zone {
        guard let name else { return .utc }
        guard let zone = Zone(name) else { throw Problem.invalid("?time_zone", "send UTC or a name like Europe/Paris") }
        return zone
    }

    /// A time, or a day of the zone; of an end the day is the last one.
    private static func moment(_ text: String?, _ name: String, zone: Zone, isLast: Bool) throws -> Int64? {
        guard let text else { return nil }
        if let time = Timestamp(rfc3339: text), time.microseconds % 1_000_000 == 0 { return time.seconds }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 3, zip(parts, [4, 2, 2]).allSatisfy({ $0.utf8.count == $1 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int64(parts[0]), (1970...9998).contains(year), let month = Int64(parts[1]), let day = Int64(parts[2]),
            let date = CivilDate(year: year, month: month, day: day)
        {
            return zone.moment(isLast ? date.adding(days: 1) : date, secondOfDay: 0).seconds
        }
        throw Problem.invalid("?\(name)", "send a day like 2026-11-01, or a time like 2026-11-01T00:00:00Z in the years 1970 to 9998")
    }

    // MARK: - Parts

    /// Which calls are counted: those that the key may see, with the tags that stand in the query; an empty value asks for calls
    /// without the tag.
    func filter(_ key: APIKey) throws -> ReportFilter {
        var asked = Tags()
        var absent: [String] = []
        for (name, value) in query.labels(except: known) {
            guard !Call.reservedLabels.contains(name), name != "envelope", name != "interval", name != "group_by" else {
                throw Problem.invalid("?\(name)", "unknown parameter; known here: \(known.sorted().joined(separator: ", ")), and tags")
            }
            guard !ReportDimension.leftOut.contains(name) else {
                throw Problem.invalid("?\(name)", "sums are not kept by \(name); see /v1/runs/{run_id}, or /v1/reservations?\(name)=")
            }
            guard value.unicodeScalars.count <= Tags.maximumValueLength else {
                throw Problem.invalid("?\(name)", "a tag value has at most \(Tags.maximumValueLength) characters")
            }
            if value.isEmpty { absent.append(name) } else { asked[name] = value }
        }
        // Asking for the calls of others finds none.
        if let other = key.contradiction(in: asked) { absent.append(other) }
        var tags = asked
        for tag in key.boundTags.entries { tags[tag.name] = tag.value }
        return ReportFilter(tags: tags, absent: absent, model: query["model"], tool: query["tool"])
    }

    /// The dimensions of a comma list.
    func dimensions(_ name: String, default usual: [ReportDimension], allowsEnvelope: Bool = true) throws -> [ReportDimension] {
        guard let text = query[name] else { return usual }
        var dimensions: [ReportDimension] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) where !(text.isEmpty) {
            guard let dimension = ReportDimension(String(part)), allowsEnvelope || dimension != .envelope else {
                throw Problem.invalid(
                    "?\(name)",
                    "'\(part)' is none to group by: name tags\(allowsEnvelope ? ", model, tool or envelope" : ", model or tool"); not run_id or session_id"
                )
            }
            guard !dimensions.contains(dimension) else { throw Problem.invalid("?\(name)", "'\(part)' stands here twice") }
            dimensions.append(dimension)
        }
        guard dimensions.count <= ReportDimension.maximumCount else {
            throw Problem.invalid("?\(name)", "group by at most \(ReportDimension.maximumCount)")
        }
        return dimensions
    }

    func interval() throws -> ReportInterval {
        guard let text = query["interval"] else { return .none }
        guard let interval = ReportInterval(rawValue: text) else {
            throw Problem.invalid("?interval", "send one of \(ReportInterval.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return interval
    }

    func period(_ interval: ReportInterval) throws -> ReportPeriod {
        do throws(ReportFault) {
            return try ReportPeriod(range, interval: interval, zone: zone)
        } catch {
            throw Problem(error, range: range, zone: zone)
        }
    }

    // MARK: - Pages

    /// A page of rows that were sorted, each with an id.
    func page<Row>(_ rows: [Row], id: (Row) -> Identifier) -> (rows: ArraySlice<Row>, next: String?) {
        var start = 0
        if let cursor {
            // What was spent meanwhile may have moved the row.
            start = min(rows.count, (rows.firstIndex { id($0) == cursor.last } ?? cursor.position) + 1)
        }
        let page = rows[start...].prefix(limit)
        guard let last = page.last, page.endIndex < rows.count else { return (page, nil) }
        return (page, ReportCursor(range: range, position: page.endIndex - 1, last: id(last)).text)
    }
}
