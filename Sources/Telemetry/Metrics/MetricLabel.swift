/// A label of a metric.
public struct MetricLabel: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String
    /// Whether its values come from outside, so that there may be any number of them. Beyond the bound of the metric such a
    /// value becomes `other`.
    public let isOpen: Bool

    public init(_ name: String, isOpen: Bool) {
        self.name = name
        self.isOpen = isOpen
    }

    /// A label whose values come from outside.
    public static func open(_ name: String) -> MetricLabel { MetricLabel(name, isOpen: true) }

    /// A label with few values, all of them this program's own.
    public init(stringLiteral name: String) { self.init(name, isOpen: false) }
}
