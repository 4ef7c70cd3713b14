internal import Ledger

/// What a lane remembers of the holds that it has opened, so that their ends need not read them again: everything but their
/// state, which never changes. A hold that another lane or replica opened is read.
struct HoldCache {
    /// Holds of one generation; with the one before there are twice as many at most, of about 1 kB each.
    static let capacity = 16_384

    /// Ids are told by callers, so a hold is found under its own organisation only.
    private struct Key: Hashable {
        let organisation: Identifier
        let hold: Identifier
    }

    private var young: [Key: HeldReservation] = [:]
    private var old: [Key: HeldReservation] = [:]

    /// Those of some holds that are remembered.
    func known(_ holds: [Identifier], of organisation: Identifier) -> [Identifier: HeldReservation] {
        var known: [Identifier: HeldReservation] = [:]
        for hold in holds {
            let key = Key(organisation: organisation, hold: hold)
            if let held = young[key] ?? old[key] { known[hold] = held }
        }
        return known
    }

    /// Takes in holds whose facts are on disk, and leaves out those that have ended.
    mutating func learn(opened: [HeldReservation], ended: [Identifier], of organisation: Identifier) {
        if young.count + opened.count > Self.capacity {
            old = young
            young = [:]
        }
        for held in opened { young[Key(organisation: organisation, hold: held.id)] = held }
        for hold in ended {
            let key = Key(organisation: organisation, hold: hold)
            if young.removeValue(forKey: key) == nil { old[key] = nil }
        }
    }
}
