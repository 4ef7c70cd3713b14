/// The models of a log that have a price, sorted into tiers, with a cheaper one to stand in for each.
struct StarterModels {
    struct Model: Hashable {
        let name: String
        /// Of a million tokens, three of input for one of output, in units of 1e-9 of the currency.
        let price: Int64
        let tier: String
        let standIn: String?
    }

    /// From dear to cheap.
    let models: [Model]
    /// Those of the log without a price.
    let unpriced: [String]

    var tiers: [String] { ["premium", "standard", "economy"].filter { tier in models.contains { $0.tier == tier } } }
    /// Whether there is a choice at all.
    var hasRoutes: Bool { models.count > 1 && tiers.count > 1 }

    init(_ names: [String], prices: PriceBook, at time: Timestamp) {
        var priced: [(name: String, price: Int64)] = []
        var unpriced: [String] = []
        for name in names {
            guard let price = prices.price(of: name, at: time) ?? prices.entries[name]?.first?.price else {
                unpriced.append(name)
                continue
            }
            priced.append((name, Int64(clamping: (Int128(price.input) * 3 + Int128(price.output)) / 4)))
        }
        priced.sort { a, b in a.price != b.price ? a.price > b.price : a.name.utf8.lexicographicallyPrecedes(b.name.utf8) }
        let dearest = priced.first?.price ?? 0
        let tiered = priced.map { (name: $0.name, price: $0.price, tier: Self.tier($0.price, dearest)) }
        models = tiered.map { model in
            Model(name: model.name, price: model.price, tier: model.tier, standIn: Self.standIn(for: model, among: tiered))
        }
        self.unpriced = unpriced
    }

    /// Against the dearest: a third of it is dear, a fifteenth is cheap.
    private static func tier(_ price: Int64, _ dearest: Int64) -> String {
        if price > dearest / 3 { return "premium" }
        return price > dearest / 15 ? "standard" : "economy"
    }

    /// The dearest of a cheaper tier, of the same family where there is one: `gpt-5-mini` for `gpt-5`.
    private static func standIn(
        for model: (name: String, price: Int64, tier: String), among all: [(name: String, price: Int64, tier: String)]
    ) -> String? {
        let cheaper = all.filter { $0.price < model.price && $0.tier != model.tier }
        return (cheaper.first { family($0.name) == family(model.name) } ?? cheaper.first)?.name
    }

    private static func family(_ name: String) -> Substring { (name.split(separator: "/").last ?? "").prefix { $0 != "-" && $0 != "." } }
}
