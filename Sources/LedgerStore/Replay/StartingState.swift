internal import Ledger
internal import Postgres

/// How balances stood when a replayed period began.
struct StartingState {
    /// A balance that existed, as its first entry in the period tells.
    private struct Before {
        let version: Int64
        let held: Int64
        let spent: Int64
        let limit: Int64
    }

    private static let markKinds: [Event.Kind] = [.routeDowngraded, .routeRestored, .suspensionOpened]
    private static let pageSize: Int64 = 5_000

    private let organisation: Identifier
    private let start: Timestamp
    private let firstID: Identifier
    private var before: [Identifier: Before] = [:]
    private var routes: [Identifier: RouteTrail] = [:]
    private var suspended: [Identifier: Int64] = [:]
    private var pardoned: [Identifier: Int64] = [:]

    init(organisation: Identifier, start: Timestamp) {
        self.organisation = organisation
        self.start = start
        firstID = .version7(at: start, sequence: 0, random: 0)
    }

    /// The version that a balance had.
    func version(of balance: Identifier) -> Int64 { before[balance]?.version ?? 0 }

    // MARK: - What the record says

    /// Learns from the entries of some batches whose balance was last changed before the period.
    mutating func learn(_ batches: some Collection<ReplayBatch>, in session: Session) throws {
        let opened = batches.flatMap(\.opened)
        if !opened.isEmpty {
            var parameters = ReplayStatements.byMonth(opened, organisation)
            parameters.uuid(firstID)
            try learn(try session.execute(ReplayStatements.startsOfHolds, parameters))
        }
        let settled = batches.flatMap(\.settled)
        if !settled.isEmpty {
            var parameters = ReplayStatements.byMonth(settled, organisation)
            parameters.uuid(firstID)
            parameters.textArray(batches.flatMap(\.settledKinds))
            try learn(try session.execute(ReplayStatements.startsOfSettlements, parameters))
        }
        let adjusted = batches.flatMap(\.adjusted)
        if !adjusted.isEmpty {
            var parameters = ReplayStatements.byID(adjusted, organisation)
            parameters.uuid(firstID)
            try learn(try session.execute(ReplayStatements.startsOfAdjustments, parameters))
        }
    }

    private mutating func learn(_ rows: Rows) throws {
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            let version = try rows.int8(row, 1) - 1
            // The end of an old hold names an old fact too; the lowest version is the one that the period began with.
            if let known = before[id], known.version <= version { continue }
            before[id] = Before(version: version, held: try rows.int8(row, 2), spent: try rows.int8(row, 3), limit: try rows.int8(row, 4))
        }
    }

    /// Learns which routes were switched, what plans had suspended, and what was lifted of it.
    mutating func learnMarks(in session: Session) throws {
        var before = Parameters()
        before.uuid(organisation)
        before.timestamp(microsecondsSince1970: start.microseconds)
        let pardons = try session.execute(ReplayStatements.pardons, before)
        for row in 0..<pardons.count { pardoned[try pardons.uuid(row, 0)] = try pardons.int8(row, 1) }
        var after = Identifier.none
        while true {
            var parameters = Parameters()
            parameters.uuid(organisation)
            parameters.uuid(firstID)
            parameters.uuid(after)
            parameters.textArray(Self.markKinds.map(\.rawValue))
            parameters.int8(Self.pageSize)
            parameters.timestamp(microsecondsSince1970: start.microseconds)
            let rows = try session.execute(ReplayStatements.marks, parameters)
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                let balance: Identifier = try rows.uuid(row, 2)
                let at = Timestamp(microseconds: try rows.timestamp(row, 5))
                switch Event.Kind(rawValue: try rows.text(row, 1)) {
                case .routeDowngraded: routes[balance, default: RouteTrail()].add(try rows.textIfPresent(row, 3), at: at)
                case .routeRestored: routes[balance, default: RouteTrail()].add(nil, at: at)
                case .suspensionOpened:
                    // Those of one moment come in no order, and a balance passes its steps upwards.
                    suspended[balance] = max(suspended[balance] ?? 0, try rows.int8IfPresent(row, 4) ?? 0)
                default: break
                }
            }
            if rows.count < Self.pageSize { return }
            // Most routes are restored by now, and only of the last moment can more come.
            routes = routes.filter { $0.value.tier != nil || $0.value.moment >= after.time }
        }
    }

    // MARK: - Balances

    /// What the balances `ids` are the balances of, and how they stood; those that do not exist are left out.
    func balances(_ ids: Set<Identifier>, in session: Session) throws -> [StartingBalance] {
        guard !ids.isEmpty else { return [] }
        var parameters = ReplayStatements.byID(ids, organisation)
        parameters.uuid(firstID)
        let rows = try session.execute(ReplayStatements.balances, parameters)
        return try (0..<rows.count).map { row in
            let identity = try BalanceIdentityRow.decode(rows, row, from: 0)
            return StartingBalance(identity: identity, balance: try balance(identity.id, rows, row))
        }
    }

    /// The entries of the period tell of a balance that it changed, the row of one that it did not.
    private func balance(_ id: Identifier, _ rows: Rows, _ row: Int) throws -> Balance? {
        let changedAt = Timestamp(microseconds: try rows.timestamp(row, 12))
        var now = Before(version: try rows.int8(row, 11), held: try rows.int8(row, 9), spent: try rows.int8(row, 10), limit: try rows.int8(row, 8))
        if let before = before[id] {
            now = before
        } else if now.version == 0 || changedAt >= start {
            return nil
        }
        let passedAt = try rows.timestampIfPresent(row, 14).map { Timestamp(microseconds: $0) }
        let marks = Marks(
            adjusted: try rows.int8(row, 13) &- (try rows.int8(row, 15)), routeTier: routes[id]?.tier,
            passedAt: passedAt.flatMap { $0 < start ? $0 : nil }, suspended: suspended[id] ?? 0, pardoned: pardoned[id] ?? 0)
        return Balance(
            id: id, limit: now.limit, held: now.held, spent: now.spent, version: now.version, changedAt: min(changedAt, start), marks: marks)
    }

    /// What plans and breakers had suspended, and whose balances' plans that were.
    ///
    /// - Parameter rules: breakers for which the record speaks.
    func guards(without rules: [String], in session: Session) throws -> (guards: Guards, origins: [Subject: Set<Identifier>]) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.timestamp(microsecondsSince1970: start.microseconds)
        let rows = try session.execute(ReplayStatements.suspensions, parameters)
        var guards = Guards()
        var origins: [Subject: Set<Identifier>] = [:]
        for row in 0..<rows.count {
            let suspension = try GuardQueries.suspension(rows, row)
            if let rule = suspension.rule, rules.contains(rule) { continue }
            guards.add(suspension)
            let balance: Identifier? = try rows.uuidIfPresent(row, 6)
            if let balance { origins[suspension.subject, default: []].insert(balance) }
        }
        return (guards, origins)
    }
}
