import Ledger

extension Settlement.Decision {
    /// The decision in one line, times as seconds.
    var text: String {
        switch self {
        case .end(let state): "end \(state.rawValue)"
        case .late: "late"
        case .extend(let until): "extend \(until.seconds)"
        case .replay(let late): late ? "replay late" : "replay"
        case .conflict(let ending): "conflict \(ending.state.rawValue) \(ending.settledAt.seconds)"
        case .tooLong(let latest): "too long \(latest.seconds)"
        case .nothing: "nothing"
        }
    }
}
