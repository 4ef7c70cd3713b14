internal import Ledger

/// Sums of money that the interface told as text.
enum MoneyText {
    /// Nil where it is no amount of at least zero.
    static func nanos(_ text: String) -> Int64? { Money(text)?.nanos }

    static func sum(_ a: String, _ b: String) -> String {
        let (sum, overflow) = (nanos(a) ?? 0).addingReportingOverflow(nanos(b) ?? 0)
        return Money(nanos: overflow ? .max : sum).description
    }
}
