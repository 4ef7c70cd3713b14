/// Who used most of a balance lately.
public struct TopSpender: Hashable, Sendable {
    /// How many are told.
    public static let limit = 5

    public let spender: Subject
    /// In the meter's unit.
    public let amount: Int64
    /// Of all that was used lately: hundredths of a per cent, rounded down.
    public let share: Int64

    /// The agent, else the user, else the run.
    public static func subject(agent: String?, user: String?, run: String?) -> Subject? {
        for (kind, id) in [(Subject.Kind.agent, agent), (.user, user), (.run, run)] {
            if let id, !id.isEmpty { return Subject(kind: kind, id: id) }
        }
        return nil
    }

    /// The largest first, of equals in the order of their names. Who gave back as much as he took is left out.
    public static func rank(_ changes: [UseChange]) -> [TopSpender] {
        let amounts = changes.reduce(into: [Subject?: Int128]()) { $0[$1.spender, default: 0] += Int128($1.amount) }.filter { $0.value > 0 }
        let total = amounts.values.reduce(0, +)
        let named = amounts.compactMap { spender, amount in spender.map { (spender: $0, amount: amount) } }
        let ranked = named.sorted { first, second in
            guard first.amount == second.amount else { return first.amount > second.amount }
            return (first.spender.id, first.spender.kind.rawValue) < (second.spender.id, second.spender.kind.rawValue)
        }
        return ranked.prefix(limit).map { spender, amount in
            TopSpender(spender: spender, amount: Int64(clamping: amount), share: Int64(amount * 10_000 / total))
        }
    }
}
