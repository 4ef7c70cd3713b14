internal import Ledger

/// To which tier the route of one balance is switched, learnt from its switches.
///
/// Events of one moment come in no order, where a clock stands still. But a route that is off can only be switched on, so
/// that of those of one moment their number tells the last.
struct RouteTrail {
    private var before: String?
    /// That of the last event.
    private(set) var moment = Timestamp(microseconds: .min)
    private var named: String?
    private var switchedOn = 0
    private var switchedOff = 0

    /// Nil: to none.
    var tier: String? {
        switchedOn + (before == nil ? 0 : 1) > switchedOff ? named ?? before : nil
    }

    /// Takes the next event, in the order of their moments.
    ///
    /// - Parameter tier: nil: the route was restored.
    mutating func add(_ tier: String?, at time: Timestamp) {
        if time != moment {
            before = self.tier
            (moment, named, switchedOn, switchedOff) = (time, nil, 0, 0)
        }
        if let tier {
            named = tier
            switchedOn += 1
        } else {
            switchedOff += 1
        }
    }
}
