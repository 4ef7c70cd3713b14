/// The calls of a log that have one value of a label.
public struct LogGroup: Hashable, Sendable {
    public let value: String
    public let sums: LogSums

    public init(value: String, sums: LogSums) {
        self.value = value
        self.sums = sums
    }
}
