/// The price of one model before and after an import.
public struct PriceChange: Hashable, Sendable {
    public let model: String
    /// Nil: the model had none.
    public let old: ModelPrice?
    public let new: ModelPrice

    public init(model: String, old: ModelPrice?, new: ModelPrice) {
        self.model = model
        self.old = old
        self.new = new
    }
}
