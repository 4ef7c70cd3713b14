/// What a metric is, and how it is shown.
struct MetricDescription: Sendable {
    let name: String
    let help: String
    let kind: MetricKind
    let labels: [MetricLabel]
    /// The most label sets with open values of their own.
    let limit: Int
    /// What a whole number is divided by to be shown: 1,000,000,000 for nanoseconds and nano-units of money.
    let divisor: Int64
    /// Whether any label has values from outside.
    let hasOpen: Bool

    init(name: String, help: String, kind: MetricKind, labels: [MetricLabel], limit: Int, divisor: Int64) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.limit = limit
        self.divisor = divisor
        hasOpen = labels.contains(where: \.isOpen)
    }

    /// The values under which a label set beyond the bound is counted: at first only the first open label is kept, in this
    /// module an organisation, then none.
    func merged(_ values: [String], keepsFirst: Bool) -> [String] {
        var keeps = keepsFirst
        return zip(labels, values).map { label, value in
            guard label.isOpen else { return value }
            defer { keeps = false }
            return keeps ? value : Self.other
        }
    }

    static let other = "other"
}
