internal import Ledger
internal import Postgres

/// Settlements that were summed up under some tags and belong under others: their amounts leave the rows of the old tags and go to
/// those of the new ones. Hours and days as a whole stay what they are.
///
/// Where an hour has so many rows that new ones were folded, a settlement lies in the row of its own tags or in one that
/// leaves some of them out. What is taken is taken from the finest row first. Rows then never hold more than the settlements below
/// them come to, so enough is there for each, though a folded row no longer tells whose it is.
struct UsageMove {
    /// From one row of five minutes to another.
    struct SlicePair: Hashable {
        let start: Int64
        let old: UsageDimension
        let new: UsageDimension
    }

    private(set) var old = UsagePage()
    /// Rows that would be too many are folded before they are written.
    var new = UsagePage()
    private(set) var slices: [SlicePair: UsageSums] = [:]

    var isEmpty: Bool { old.hourly.isEmpty }

    /// - Parameters:
    ///   - before: the settlement under the tags by which it was summed up.
    ///   - after: under those that it belongs to.
    ///   - hasSlice: whether it counts among what happens now: what was imported does not.
    mutating func add(_ before: UsageFact, _ after: UsageFact, hasSlice: Bool = true) throws {
        let dimensions = try (old.add(before), new.add(after))
        guard hasSlice, before.sums.unused == 0 else { return }
        let start = UsagePage.start(of: before.settledAt.seconds, UsagePage.sliceSeconds)
        slices[SlicePair(start: start, old: dimensions.0, new: dimensions.1), default: UsageSums()] += before.sums
    }

    /// The rows in which amounts of these tags may lie, the finest first.
    static func chain(_ dimension: UsageDimension) -> [UsageDimension] {
        UsageDimension.Fold.allCases.compactMap { dimension.folded($0) }.reduce(into: [dimension]) { chain, folded in
            if chain.last != folded { chain.append(folded) }
        }
    }

    /// What to take from which of some rows.
    ///
    /// - Parameter rows: what the rows hold; what is taken leaves them.
    static func taking(_ sums: [UsagePage.Place: UsageSums], from rows: inout [UsagePage.Place: UsageSums]) -> [UsagePage.Place: UsageSums] {
        var taken: [UsagePage.Place: UsageSums] = [:]
        for (place, sums) in UsagePage.sorted(sums) {
            var rest = sums
            for dimension in chain(place.dimension) {
                let source = UsagePage.Place(start: place.start, dimension: dimension)
                guard var row = rows[source] else { continue }
                let part = UsageSums.take(from: &row, and: &rest)
                rows[source] = row
                taken[source, default: UsageSums()] += part
            }
        }
        return taken
    }
}
