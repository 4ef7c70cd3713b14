internal import Ledger
internal import Postgres

/// What a batch learns in its first round trip, under its locks.
struct BatchReads {
    var epochs = Epochs()
    var now = Timestamp(microseconds: 0)
    /// The database's own clock under the locks.
    var moment = Timestamp(microseconds: 0)
    var isActive = false
    var balances: [Balance] = []
    var counters: [Counter] = []
    var keys: [Identifier: (fingerprint: Identifier, fact: Identifier)] = [:]
    var holds: [Identifier: HeldReservation] = [:]
    /// By scope what stands before it.
    var gates: [Identifier: Gate] = [:]
    /// By approval how it ended.
    var decisions: [Identifier: DecidedApproval] = [:]
    /// By approval what was granted to the same scope before.
    var granted: [Identifier: ApprovalDecision.Earlier] = [:]

    /// Decodes the rows of the steps that `BatchPlan` made, in their order.
    init(_ plan: BatchPlan, results: [Rows]) throws {
        var open: [Identifier: Timestamp] = [:]
        holds = plan.knownHolds
        for (part, rows) in zip(plan.parts, results) {
            switch part {
            case .begin, .insertBalances, .insertCounters: break
            case .lock: balances = try Self.decodeBalances(rows)
            case .lockCounters: counters = try CounterRows.decode(rows)
            case .epoch: try decodeEpoch(rows)
            case .gates: try decodeGates(rows)
            case .decisions: try decodeDecisions(rows)
            case .keys: keys = try Self.decodeKeys(rows)
            case .lockHolds:
                open = try Self.decodeOpen(rows)
                for id in holds.keys { holds[id]?.state = Self.state(of: id, open: open) }
            case .holds: holds.merge(try Self.decodeHolds(rows, open: open)) { known, _ in known }
            case .settlements: try decodeSettlements(rows)
            }
        }
        // Time never goes back within a balance or a counter, whatever the clocks of two servers say.
        if let latest = balances.map(\.changedAt).max(), latest > now { now = latest }
        if let latest = counters.map(\.changedAt).max(), latest > now { now = latest }
    }

    private mutating func decodeEpoch(_ rows: Rows) throws {
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
        epochs = try Epochs(rows)
        now = Timestamp(microseconds: try rows.timestamp(0, 4))
        isActive = try rows.bool(0, 5)
        moment = Timestamp(microseconds: try rows.timestamp(0, 6))
    }

    private mutating func decodeGates(_ rows: Rows) throws {
        for row in 0..<rows.count {
            let approval: Identifier = try rows.uuid(row, 1)
            gates[try rows.uuid(row, 0)] = try rows.text(row, 2) == "pending" ? .pending(approval) : .rejected(approval)
        }
    }

    private mutating func decodeDecisions(_ rows: Rows) throws {
        for row in 0..<rows.count {
            let approval: Identifier = try rows.uuid(row, 0)
            granted[approval] = ApprovalDecision.Earlier(
                amount: try rows.int8(row, 4), until: try rows.timestampIfPresent(row, 5).map { Timestamp(microseconds: $0) })
            guard let text = try rows.textIfPresent(row, 1) else { continue }
            guard let state = ApprovalDecision.State(rawValue: text) else {
                throw StoreError(.corrupt, "approval \(approval) ended in an unknown way")
            }
            decisions[approval] = DecidedApproval(
                state: state, author: try rows.text(row, 2), at: Timestamp(microseconds: try rows.timestamp(row, 3)))
        }
    }

    static func decodeBalances(_ rows: Rows) throws -> [Balance] {
        var balances: [Balance] = []
        balances.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            balances.append(
                Balance(
                    id: try rows.uuid(row, 0), limit: try rows.int8(row, 1), held: try rows.int8(row, 2),
                    spent: try rows.int8(row, 3), version: try rows.int8(row, 4), lastFact: try rows.uuid(row, 5),
                    changedAt: Timestamp(microseconds: try rows.timestamp(row, 6)), marks: try decodeMarks(rows, row)
                ))
        }
        return balances
    }

    private static func decodeMarks(_ rows: Rows, _ row: Int) throws -> Marks {
        Marks(
            adjusted: try rows.int8(row, 7), nextExpiry: try rows.timestampIfPresent(row, 8).map { Timestamp(microseconds: $0) },
            alerted: try rows.int8(row, 9), routeTier: try rows.textIfPresent(row, 10),
            passedAt: try rows.timestampIfPresent(row, 11).map { Timestamp(microseconds: $0) }, suspended: try rows.int8(row, 12),
            pardoned: try rows.int8(row, 14), granted: try rows.int8(row, 13))
    }

    private static func decodeKeys(_ rows: Rows) throws -> [Identifier: (fingerprint: Identifier, fact: Identifier)] {
        var keys: [Identifier: (fingerprint: Identifier, fact: Identifier)] = [:]
        for row in 0..<rows.count {
            keys[try rows.uuid(row, 0)] = (fingerprint: try rows.uuid(row, 1), fact: try rows.uuid(row, 2))
        }
        return keys
    }

    private static func decodeOpen(_ rows: Rows) throws -> [Identifier: Timestamp] {
        var open: [Identifier: Timestamp] = [:]
        for row in 0..<rows.count { open[try rows.uuid(row, 0)] = Timestamp(microseconds: try rows.timestamp(row, 1)) }
        return open
    }

    /// A hold without an end is open; the settlements that are read next correct this.
    private static func state(of hold: Identifier, open: [Identifier: Timestamp]) -> HoldState {
        .open(expiresAt: open[hold] ?? Timestamp(microseconds: .max))
    }

    private static func decodeHolds(_ rows: Rows, open: [Identifier: Timestamp]) throws -> [Identifier: HeldReservation] {
        var holds: [Identifier: HeldReservation] = [:]
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            let tool = try rows.textIfPresent(row, 3)
            holds[id] = HeldReservation(
                id: id, openedAt: Timestamp(microseconds: try rows.timestamp(row, 1)), key: try rows.uuid(row, 12),
                model: try rows.textIfPresent(row, 2),
                tool: tool, tags: try rows.json(row, 4),
                amounts: Amounts(
                    cost: try rows.int8(row, 5), tokens: try rows.int8(row, 6), modelCalls: tool == nil ? 1 : 0,
                    toolCalls: tool == nil ? 0 : 1),
                balances: try rows.uuidArray(row, 7), shares: try rows.int8Array(row, 8),
                shadows: try rows.jsonIfPresent(row, 9).map(ShadowJSON.decode) ?? [],
                counters: rows.isNull(row, 10) ? [] : try rows.uuidArray(row, 10), hasState: try rows.bool(row, 11),
                state: state(of: id, open: open)
            )
        }
        return holds
    }

    private mutating func decodeSettlements(_ rows: Rows) throws {
        var late: [Identifier: Ending] = [:]
        for row in 0..<rows.count {
            let id: Identifier = try rows.uuid(row, 0)
            guard let state = Ending.State(rawValue: try rows.text(row, 2)) else {
                throw StoreError(.corrupt, "settlement \(id) has an unknown state")
            }
            let kind = try rows.text(row, 1)
            let ending = Ending(
                state: state, isLate: kind == "late", fingerprint: try rows.uuidIfPresent(row, 3),
                charged: Amounts(
                    cost: try rows.int8(row, 4), tokens: try rows.int8(row, 5), modelCalls: try rows.int8(row, 6),
                    toolCalls: try rows.int8(row, 7)),
                settledAt: Timestamp(microseconds: try rows.timestamp(row, 8))
            )
            switch kind {
            case "end": holds[id]?.state = .ended(ending, late: nil)
            case "late": late[id] = ending
            default: break
            }
        }
        for (id, charge) in late {
            guard case .ended(let ending, _)? = holds[id]?.state else { continue }
            holds[id]?.state = .ended(ending, late: charge)
        }
    }
}

extension Epochs {
    /// The epochs, the time and the database's own clock, read under whatever locks the session holds.
    static func read(
        _ organisation: Identifier, clock: StoreClock, in session: Session
    ) throws -> (epochs: Epochs, now: Timestamp, moment: Timestamp) {
        var parameters = Parameters()
        parameters.uuid(organisation)
        let rows = try session.execute(LaneStatements.epochAndClock(test: clock.mode == .test), parameters)
        guard rows.count == 1 else { throw StoreError(.corrupt, "the organisation has no epoch row") }
        let now = Timestamp(microseconds: try rows.timestamp(0, 4))
        clock.observe(now)
        return (try Epochs(rows), now, Timestamp(microseconds: try rows.timestamp(0, 6)))
    }

    /// From the columns 0 … 3 of the epoch row.
    init(_ rows: Rows) throws {
        self.init(policy: try rows.int8(0, 0), prices: try rows.int8(0, 1), keys: try rows.int8(0, 2), guards: try rows.int8(0, 3))
    }
}
