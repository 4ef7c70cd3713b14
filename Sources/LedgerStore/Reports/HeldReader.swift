internal import Ledger
internal import Postgres

/// Reads what open holds hold, for reports: from the table of open holds alone, and from one hold of each group what its group has in
/// common.
struct HeldReader {
    /// So many groups are read from the table of open holds; where there are more, from the holds one by one.
    static let groupLimit = 20_000
    private static let pageSize = 5_000
    /// Of the groups of an organisation with very many open holds.
    private static let longestRead = Duration.seconds(60)
    /// A hold lives for a day at most.
    private static let holdSeconds: Int64 = 3 * 86_400

    let pool: Pool
    let organisation: Identifier
    let filter: ReportFilter
    let memory: HeldMemory
    var groupLimit = Self.groupLimit

    /// What open holds hold, in nano-units.
    ///
    /// - Throws: `ReportError.tooManyRows`.
    func read(_ shape: ReportKey.Shape, at now: Timestamp) async throws -> [ReportKey: Int64] {
        // As with what was spent: sums are not kept by run.
        guard !filter.tags.entries.contains(where: { ReportDimension.leftOut.contains($0.name) }) else { return [:] }
        var held: [ReportKey: Int64] = [:]
        let known = try await memory.groups(of: organisation) { try await groups() }
        for start in stride(from: 0, to: known.groups.count, by: Self.pageSize) {
            try await add(Array(known.groups[start..<min(start + Self.pageSize, known.groups.count)]), shape, at: now, to: &held)
        }
        guard let rest = known.rest else { return held }
        var after = Identifier.none
        while true {
            try Task.checkCancellation()
            let page = try await holds(rest, after: after)
            try await add(page, shape, at: now, to: &held)
            guard page.count == Self.pageSize, let last = page.last?.hold else { return held }
            after = last
        }
    }

    private func groups() async throws -> HeldGroups {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.int8(Int64(groupLimit) + 1)
            let rows = try session.execute(ReportStatements.heldGroups, parameters, timeout: Self.longestRead)
            guard rows.count <= groupLimit else { return HeldGroups(rest: .all) }
            var found = HeldGroups()
            for row in 0..<rows.count {
                guard try rows.bool(row, 0) else {
                    found.rest = .withoutGroup
                    continue
                }
                let cost = try rows.int8(row, 2)
                if cost > 0 { found.groups.append(.init(hold: try rows.uuid(row, 1), cost: cost)) }
                found.holds += try rows.int8(row, 3)
            }
            return found
        }
    }

    private func holds(_ rest: HeldGroups.Rest, after: Identifier) async throws -> [HeldGroups.Group] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(after)
            parameters.bool(rest == .all)
            parameters.int8(Int64(Self.pageSize))
            let rows = try session.execute(ReportStatements.openHolds, parameters, timeout: Self.longestRead)
            return try (0..<rows.count).map { HeldGroups.Group(hold: try rows.uuid($0, 0), cost: nil) }
        }
    }

    private func add(
        _ groups: [HeldGroups.Group], _ shape: ReportKey.Shape, at now: Timestamp, to held: inout [ReportKey: Int64]
    ) async throws {
        guard !groups.isEmpty else { return }
        let found = try await pool.withSession { session in
            var parameters = Parameters()
            parameters.uuid(organisation)
            shape.append(to: &parameters)
            filter.append(to: &parameters)
            parameters.timestamp(microsecondsSince1970: now.adding(seconds: -Self.holdSeconds).microseconds)
            parameters.timestamp(microsecondsSince1970: now.adding(seconds: Self.holdSeconds).microseconds)
            parameters.uuidArray(groups.map(\.hold))
            parameters.int8Array(groups.map(\.cost))
            let rows = try session.execute(ReportStatements.held, parameters)
            return try (0..<rows.count).map { (key: try ReportKey(rows, $0, from: 0), cost: try rows.int8($0, 3)) }
        }
        for (key, cost) in found where cost > 0 { UsageSums.add(&held[key, default: 0], cost) }
        guard held.count <= UsageReader.cellLimit else { throw ReportError.tooManyRows(limit: UsageReader.cellLimit) }
    }
}
