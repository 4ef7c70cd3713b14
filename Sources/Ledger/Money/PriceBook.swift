/// The price catalogue of an organisation: for every model its prices, each from a moment on.
public struct PriceBook: Sendable {
    public struct Entry: Hashable, Sendable {
        public let effectiveFrom: Timestamp
        public let price: ModelPrice

        public init(effectiveFrom: Timestamp, price: ModelPrice) {
            self.effectiveFrom = effectiveFrom
            self.price = price
        }
    }

    /// By model, oldest first.
    public private(set) var entries: [String: [Entry]] = [:]
    /// When any price begins; sorted, each once.
    private var beginnings: [Timestamp] = []

    public init() {}

    /// Adds an entry, or replaces the one of the same moment; entries of one model may come in any order.
    public mutating func add(_ entry: Entry, model: String) {
        var list = entries[model] ?? []
        list.removeAll { $0.effectiveFrom == entry.effectiveFrom }
        let position = list.firstIndex { $0.effectiveFrom > entry.effectiveFrom } ?? list.endIndex
        list.insert(entry, at: position)
        entries[model] = list
        let beginning = beginnings.lastIndex { $0 <= entry.effectiveFrom }
        if beginning.map({ beginnings[$0] }) != entry.effectiveFrom { beginnings.insert(entry.effectiveFrom, at: beginning.map { $0 + 1 } ?? 0) }
    }

    /// The stretch of time around a moment in which no price begins.
    public func validity(at time: Timestamp) -> Window {
        let last = beginnings.lastIndex { $0 <= time }
        let next = last.map { $0 + 1 } ?? 0
        return Window(start: last.map { beginnings[$0] }, end: next < beginnings.count ? beginnings[next] : nil)
    }

    /// The price that was in force at a moment; nil if the model had none.
    public func price(of model: String, at time: Timestamp) -> ModelPrice? {
        entries[model]?.last { $0.effectiveFrom <= time }?.price
    }

    /// What would change if these prices took effect at a moment, by model.
    ///
    /// A model whose price is the same already does not change, nor one that has a price of exactly that moment, since
    /// a price is never replaced.
    public func changes(to prices: [String: ModelPrice], at time: Timestamp) -> [PriceChange] {
        var changes: [PriceChange] = []
        for (model, new) in prices {
            let old = entries[model]?.last { $0.effectiveFrom <= time }
            guard old?.price != new, old?.effectiveFrom != time else { continue }
            changes.append(PriceChange(model: model, old: old?.price, new: new))
        }
        return changes.sorted { $0.model < $1.model }
    }
}
