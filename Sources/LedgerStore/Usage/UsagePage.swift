internal import Ledger

/// The sums over the settlements of some batches.
struct UsagePage {
    static let hourSeconds: Int64 = 3_600
    static let daySeconds: Int64 = 86_400
    static let sliceSeconds: Int64 = 300

    /// Where a sum belongs.
    struct Place: Hashable {
        /// When the hour or the slice begins, in seconds since 1970.
        let start: Int64
        let dimension: UsageDimension
    }

    private(set) var hourly: [Place: UsageSums] = [:]
    private(set) var slices: [Place: UsageSums] = [:]
    private(set) var hours: [Int64: UsageSums] = [:]
    private(set) var runs: [Identifier: RunSums] = [:]
    private(set) var keys: [KeyPlace: UsageSums] = [:]
    /// Whether what is added counts among what happens now, too.
    var keepsSlices = true
    /// Most calls have the tags of one before them.
    private var dimensions: [Key: UsageDimension] = [:]

    private struct Key: Hashable {
        let tags: [UInt8]
        let model: String?
        let tool: String?
    }

    /// - Returns: what it is summed up by.
    @discardableResult
    mutating func add(_ fact: UsageFact) throws -> UsageDimension {
        let dimension = try dimension(of: fact)
        let seconds = fact.settledAt.seconds
        let hour = Self.start(of: seconds, Self.hourSeconds)
        hourly[Place(start: hour, dimension: dimension), default: UsageSums()] += fact.sums
        hours[hour, default: UsageSums()] += fact.sums
        // A hold that came to nothing is no use.
        if keepsSlices, fact.sums.unused == 0 {
            slices[Place(start: Self.start(of: seconds, Self.sliceSeconds), dimension: dimension), default: UsageSums()] += fact.sums
        }
        guard let runID = fact.runID else { return dimension }
        let id = RunSums.id(of: runID)
        if runs[id]?.add(fact) == nil { runs[id] = RunSums(fact, runID: runID) }
        return dimension
    }

    /// Adds a settlement to the sums of its key, under the tags that were sent.
    mutating func addKey(_ sent: UsageFact) throws {
        guard let key = sent.key, sent.sums.allCalls > 0 || sent.sums.cost > 0 else { return }
        let start = Self.start(of: sent.settledAt.seconds, Self.hourSeconds)
        let place = KeyPlace(start: start, key: key, tags: try dimension(of: sent).tags)
        keys[place, default: UsageSums()] += sent.sums
    }

    /// Whether calls of keys carried tags that somebody made up.
    var hasCustomKeyTags: Bool { keys.keys.contains(where: \.hasCustom) }

    /// Leaves out of the sums of keys which tags were carried that are neither reported on nor named here.
    mutating func keepKeyTags(_ named: Set<String>) {
        keys = keys.reduce(into: [:]) { $0[$1.key.keeping(named), default: UsageSums()] += $1.value }
    }

    /// Leaves something out of some rows of an hour.
    mutating func fold(_ places: Set<Place>, _ fold: UsageDimension.Fold) {
        for place in places {
            guard let folded = place.dimension.folded(fold), let sums = hourly.removeValue(forKey: place) else { continue }
            hourly[Place(start: place.start, dimension: folded), default: UsageSums()] += sums
        }
        for (place, sums) in slices where places.contains(Place(start: Self.start(of: place.start, Self.hourSeconds), dimension: place.dimension)) {
            guard let folded = place.dimension.folded(fold) else { continue }
            slices[place] = nil
            slices[Place(start: place.start, dimension: folded), default: UsageSums()] += sums
        }
    }

    /// By day of UTC what `hourly` has by hour.
    var daily: [Place: UsageSums] {
        hourly.reduce(into: [:]) { daily, row in
            let day = Self.start(of: row.key.start, Self.daySeconds)
            daily[Place(start: day, dimension: row.key.dimension), default: UsageSums()] += row.value
        }
    }

    /// How many settlements each day of UTC got.
    var dayFacts: [Int64: Int64] {
        hours.reduce(into: [:]) { $0[Self.start(of: $1.key, Self.daySeconds), default: 0] += $1.value.facts }
    }

    static func start(of seconds: Int64, _ length: Int64) -> Int64 {
        let remainder = seconds % length
        return seconds - (remainder < 0 ? remainder + length : remainder)
    }

    private mutating func dimension(of fact: UsageFact) throws -> UsageDimension {
        let key = Key(tags: fact.tags, model: fact.model, tool: fact.tool)
        if let known = dimensions[key] { return known }
        let dimension = UsageDimension(tags: try TagsJSON.decode(fact.tags), model: fact.model, tool: fact.tool)
        dimensions[key] = dimension
        return dimension
    }
}
