internal import Charts
internal import Ledger

/// An amount as a page shows it, for the template `amount`.
struct AmountText: Sendable, Hashable {
    /// As the interface says it: `3104.990012`.
    let exact: String
    /// `€3,104.99`
    let text: String
    let isNegative: Bool

    /// Money in major units; rounded to what the eye needs, at least two decimals. Text that is no number stands as it is.
    init(money exact: String, currency: String) {
        self.exact = exact
        isNegative = exact.hasPrefix("-")
        let digits = isNegative ? String(exact.dropFirst()) : exact
        guard let money = Money(digits) else {
            text = exact
            return
        }
        let symbol = Self.symbols[currency] ?? "\(currency)\u{A0}"
        let isTiny = (1..<Self.smallestShown).contains(money.nanos)
        text = (isNegative ? "\u{2212}" : "") + (isTiny ? "<\(symbol)0.000001" : symbol + Self.shown(money))
    }

    /// A number of anything else, as it stands.
    init(plain text: String) {
        exact = text
        isNegative = text.hasPrefix("-")
        self.text = text
    }

    /// A count of tokens or calls.
    init(count: Int64) {
        exact = "\(count)"
        isNegative = count < 0
        text = (count < 0 ? "\u{2212}" : "") + DecimalText.readable("\(count.magnitude)")
    }

    /// `80 %`, `3.5 %`
    static func percent(_ value: Double) -> String {
        let tenths = (value * 10).rounded()
        guard tenths.magnitude < 1e15 else { return "–" }
        let whole = Int64(tenths)
        return whole % 10 == 0 ? "\(whole / 10)\u{A0}%" : "\(Double(whole) / 10)\u{A0}%"
    }

    /// In nano-units: the least amount that six decimals do not round to nothing.
    private static let smallestShown: Int64 = 500
    private static let symbols = ["EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"]

    /// Two decimals from one unit on, four down to a cent, six below.
    private static func shown(_ money: Money) -> String {
        let decimals: Int
        switch money.nanos {
        case 0, 1_000_000_000...: decimals = 2
        case 10_000_000...: decimals = 4
        default: decimals = 6
        }
        var unit: Int64 = 1_000_000_000
        for _ in 0..<decimals { unit /= 10 }
        let scale = 1_000_000_000 / unit
        // The largest amount has no room above it to be rounded into.
        let rounded = money.nanos / unit + (money.nanos % unit * 2 >= unit ? 1 : 0)
        var fraction = "\(rounded % scale)"
        fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
        return DecimalText.readable("\(rounded / scale)") + "." + fraction
    }
}

extension Visit {
    /// Money in major units, in the organisation's currency.
    func money(_ exact: String) -> AmountText { AmountText(money: exact, currency: visitor.currency) }

    func money(_ exact: String?) -> AmountText? { exact.map { money($0) } }

    func amount(_ amount: Amount) -> AmountText {
        switch amount {
        case .money(let exact): money(exact)
        case .count(let count): AmountText(count: count)
        }
    }

    func amount(_ amount: Amount?) -> AmountText? { amount.map { self.amount($0) } }
}
