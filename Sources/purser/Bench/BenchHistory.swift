import Foundation
import Ledger
import LedgerStore

/// A past that never happened: holds and settlements that add up, as rows for `COPY … FROM STDIN` in text format, so
/// that a benchmark can run on full tables. The same arguments always give the same rows.
struct BenchHistory {
    enum Table: String, CaseIterable {
        case balances, reservations, settlements
        case openReservations = "open_reservations"
        case idempotencyKeys = "idempotency_keys"
    }

    private static let amount: Int64 = 9_500_000
    private static let charge: Int64 = 7_875_000

    let organisation: Identifier
    let policy: Policy
    /// Holds that stay open, and holds that were committed; the open ones are the youngest.
    let open: Int
    let settled: Int
    let end: Timestamp

    private struct Account {
        let identity: BalanceIdentity
        let limit: Int64
        var held: Int64 = 0
        var spent: Int64 = 0
        var version: Int64 = 0
        var last = Identifier.none
    }

    /// Writes the rows of one table.
    func write(_ table: Table, to output: FileHandle) throws {
        var accounts: [Account] = []
        var index: [Identifier: Int] = [:]
        var generator = SplitMix64(state: 42)
        var rows = CopyRows(output)
        let windows = policy.windows(at: end)
        let begin = windows.validity.start ?? end.adding(seconds: -3_600)
        let total = open + settled
        for number in 0..<total {
            let time = Timestamp(
                microseconds: begin.microseconds + (end.microseconds - begin.microseconds) / Int64(total) * Int64(number))
            let tags = Tags([
                .init(name: "team_id", value: "team-\(number % 16)"), .init(name: "agent_id", value: "agent-\(number * 31 % 64)"),
                .init(name: "user_id", value: "user-\(number * 17 % 256)"), .init(name: "workflow_name", value: "bench"),
                .init(name: "environment", value: "production"), .init(name: "run_id", value: "run-\(number / 12)"),
            ])
            let call = Call(tags: tags, model: "gpt-5", tool: nil, amounts: Amounts(cost: Self.amount, tokens: 2_000, modelCalls: 1))
            let slots = try policy.claims(of: call, in: windows, at: time).map { claim in
                let id = Digest.identifier(BalanceIdentity.canonicalBytes(organisation: organisation, claim: claim))
                if let slot = index[id] { return slot }
                index[id] = accounts.count
                accounts.append(Account(identity: BalanceIdentity(id: id, claim: claim), limit: claim.envelope.limit ?? 0))
                return accounts.count - 1
            }
            let id = Identifier.version7(at: time, sequence: UInt8(number & 255), random: generator.next())
            let key = Identifier(high: generator.next(), low: generator.next())
            let hold = book(slots, held: Self.amount, spent: 0, fact: id, &accounts)
            switch table {
            case .reservations: rows.add(reservation(id, time, tags, hold))
            case .idempotencyKeys: rows.add([text(organisation), text(key), text(key), text(id), text(time)])
            case .openReservations where number >= settled:
                rows.add([text(organisation), text(id), text(end.adding(seconds: 86_400))])
            default: break
            }
            guard number < settled else { continue }
            let entries = book(slots, held: -Self.amount, spent: Self.charge, fact: id, &accounts)
            if table == .settlements { rows.add(settlement(id, time, key, entries)) }
        }
        if table == .balances {
            for account in accounts { rows.add(balance(account)) }
        }
        rows.flush()
    }

    private func book(_ slots: [Int], held: Int64, spent: Int64, fact: Identifier, _ accounts: inout [Account]) -> [Entry] {
        slots.map { slot in
            let before = accounts[slot]
            accounts[slot].held += held
            accounts[slot].spent += spent
            accounts[slot].version += 1
            accounts[slot].last = fact
            return Entry(
                balance: before.identity.id, heldChange: held, spentChange: spent, version: before.version + 1, held: accounts[slot].held,
                spent: accounts[slot].spent, limit: before.limit, previous: before.last)
        }
    }

    // MARK: - Rows

    private func balance(_ account: Account) -> [String] {
        let identity = account.identity
        return [
            text(organisation), text(identity.id), identity.envelope, identity.meter.rawValue, identity.rule, list(identity.names),
            list(identity.values), identity.window.start.map(text) ?? "\\N", identity.window.end.map(text) ?? "\\N", "\(account.limit)",
            "\(account.held)", "\(account.spent)", "\(account.version)", text(account.last), text(end),
        ]
    }

    private func reservation(_ id: Identifier, _ time: Timestamp, _ tags: Tags, _ entries: [Entry]) -> [String] {
        let json = "{" + tags.entries.map { "\"\($0.name)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
        return [
            text(organisation), text(id), text(time), text(time.adding(seconds: 120)), text(.none), "1", "allow", "\\N", "gpt-5", "gpt-5", "\\N",
            json, "1200", "800", "0", "0", "0", "\\N", "4", "\\N", "\(Self.amount)", "2000", list(entries.map { text($0.balance) }),
            list(entries.map { "\($0.heldChange)" }), list(entries.map { "\($0.version)" }), list(entries.map { "\($0.held)" }),
            list(entries.map { "\($0.spent)" }), list(entries.map { "\($0.limit)" }), list(entries.map { text($0.previous) }),
        ]
    }

    private func settlement(_ id: Identifier, _ time: Timestamp, _ fingerprint: Identifier, _ entries: [Entry]) -> [String] {
        [
            text(organisation), text(id), "end", text(time), text(time.adding(seconds: 1)), "committed", text(.none), "1", text(fingerprint),
            "gpt-5", "\\N", "\\N", "1180", "640", "0", "0", "0", "\\N", "provider", "ok", "812", "\\N", "\\N", "\\N", "\\N", "\(Self.charge)",
            "1820", "1", "0", list(entries.map { text($0.balance) }), list(entries.map { "\($0.heldChange)" }),
            list(entries.map { "\($0.spentChange)" }), list(entries.map { "\($0.version)" }), list(entries.map { "\($0.held)" }),
            list(entries.map { "\($0.spent)" }), list(entries.map { "\($0.limit)" }), list(entries.map { text($0.previous) }),
        ]
    }

    private func text(_ id: Identifier) -> String { id.description }

    private func text(_ time: Timestamp) -> String { time.description }

    private func list(_ elements: [String]) -> String { "{" + elements.joined(separator: ",") + "}" }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
