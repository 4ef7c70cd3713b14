internal import JSON
internal import Ledger

/// Members of an object with their names, each in one line.
extension JSONWriter {
    mutating func member(_ name: StaticString, _ text: String?) {
        self.name(name)
        string(text)
    }

    mutating func member(_ name: StaticString, count: Int64?) {
        self.name(name)
        integer(count)
    }

    mutating func member(_ name: StaticString, money nanos: Int64?) {
        self.name(name)
        string(nanos.map { Money(nanos: $0).description })
    }

    /// A number with decimals.
    mutating func member(_ name: StaticString, decimal value: Int64?, scale: Int = 2) {
        self.name(name)
        if let value { raw(ExactDecimal.text(value, scale: scale).utf8) } else { null() }
    }

    mutating func member(_ name: StaticString, _ amount: Int64, _ meter: Meter) {
        self.name(name)
        if meter == .cost { string(meter.text(amount)) } else { integer(amount) }
    }

    mutating func member(_ name: StaticString, flag: Bool) {
        self.name(name)
        bool(flag)
    }
}
