extension ExactDecimal {
    /// The value to the nearest unit of `10^-scale`, halves upwards; nil where it does not fit.
    public func rounded(to scale: Int) -> Int64? {
        var value = digits
        var shift = exponent + scale
        if value == 0 { return 0 }
        guard shift <= 38 else { return nil }
        while shift > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            shift -= 1
        }
        var last: UInt128 = 0
        while shift < 0, value != 0 || last != 0 {
            (value, last) = value.quotientAndRemainder(dividingBy: 10)
            shift += 1
        }
        if last >= 5, shift == 0 { value += 1 }
        return Int64(exactly: value)
    }
}
