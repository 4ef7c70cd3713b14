internal import Ledger

/// A hold that a batch has read, and where it is in its life; the batch moves `state` on as it decides.
struct HeldReservation {
    let id: Identifier
    let openedAt: Timestamp
    /// The API key that it was opened with.
    let key: Identifier
    let model: String?
    let tool: String?
    /// As stored; decoded only for keys that are bound to tags.
    let tags: [UInt8]
    let amounts: Amounts
    let balances: [Identifier]
    let shares: [Int64]
    let shadows: [Shadow]
    /// Of breakers, which its end has something to tell.
    let counters: [Identifier]
    /// Whether the state of the caller was told when it was opened.
    let hasState: Bool
    var state: HoldState
}

extension HeldReservation {
    /// A hold that is opened now.
    ///
    /// - Parameter counters: those of breakers that its end has something to tell.
    init(_ hold: AdmittedHold, _ request: ReserveRequest, _ call: Call, _ admitted: Admission.Admitted, counters: [Identifier], openedAt: Timestamp) {
        self.init(
            id: hold.id, openedAt: openedAt, key: request.key.id, model: hold.model, tool: request.tool, tags: TagsJSON.encode(call.tags),
            amounts: hold.held, balances: admitted.entries.map(\.balance), shares: admitted.entries.map(\.heldChange),
            shadows: admitted.shadows, counters: counters, hasState: request.stateHash != nil, state: .open(expiresAt: hold.expiresAt))
    }
}
