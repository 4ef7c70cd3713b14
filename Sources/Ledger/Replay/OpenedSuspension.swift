/// What a plan or breaker suspends in a simulation.
struct OpenedSuspension {
    let suspension: Suspension
    /// Whose plan did.
    let balance: Identifier?
    /// Whether nothing had suspended the subject before.
    let isFirst: Bool
    /// Whether the balance had not suspended the subject before.
    let isFirstOfBalance: Bool
}
