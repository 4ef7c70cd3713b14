/// Ratios of whole numbers, in thousandths.
enum Ratio {
    /// Rounded down; the largest number where there is nothing to divide by.
    static func thousandths(_ value: Int64, of base: Int64) -> Int64 {
        base > 0 ? Int64(clamping: Int128(value) * 1_000 / Int128(base)) : (value > 0 ? .max : 0)
    }

    /// `value × numerator ÷ denominator`, rounded down; 0 without a denominator.
    static func scaled(_ value: Int64, _ numerator: Int64, _ denominator: Int64) -> Int64 {
        denominator > 0 ? Int64(clamping: Int128(value) * Int128(numerator) / Int128(denominator)) : 0
    }

    /// The lower one of two in the middle; nil of nothing.
    static func median(_ values: [Int64]) -> Int64? { quantile(values, 1, of: 2) }

    /// The value below which so many parts of the sorted values lie.
    static func quantile(_ values: [Int64], _ part: Int, of parts: Int) -> Int64? {
        values.isEmpty ? nil : values.sorted()[(values.count - 1) * part / parts]
    }

    /// `2.5`, for thousandths.
    static func text(_ thousandths: Int64) -> String {
        let tenths = (thousandths + 50) / 100
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// Money to at most four decimals.
    static func money(_ nanos: Int64) -> String {
        let unit: Int64 = nanos.magnitude < 1_000_000 ? 1 : 100_000
        return Money(nanos: nanos / unit * unit).description
    }

    static func sum(_ values: some Sequence<Int64>) -> Int64 {
        values.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
    }
}
