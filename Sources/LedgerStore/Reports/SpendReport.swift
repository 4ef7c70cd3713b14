public import Ledger

/// Who spent what: a row a group and bucket, in a stable order.
public struct SpendReport: Sendable {
    public struct Row: Sendable {
        /// Of the dimensions, in their order; nil where calls have none.
        public let group: [String?]
        /// The position of its bucket in the period.
        public let bucket: Int
        public internal(set) var sums = UsageSums()
        /// By holds that are open now, in nano-units; only in the bucket of now.
        public internal(set) var held: Int64 = 0
        /// In the bucket before, in nano-units.
        public internal(set) var previousCost: Int64 = 0

        init(group: [String?], bucket: Int) {
            self.group = group
            self.bucket = bucket
        }

        /// The same for the same group and bucket, whatever was spent.
        public var id: Identifier {
            var bytes = CanonicalBytes()
            bytes.append(Int64(bucket))
            for value in group { bytes.append(value) }
            return Digest.identifier(bytes.bytes)
        }
    }

    /// By bucket, the dearest first, then by group.
    public let rows: [Row]
    /// Of every call that is counted, each once.
    public let totals: UsageSums
    public let held: Int64
    /// In the time before the first bucket, or, where time is cut, in all buckets but the last and the one before the first.
    public let previousCost: Int64
    public let forecast: SpendForecast?
    /// Settlements that are not in the sums yet.
    public let waiting: Int64
}
