import Ledger

extension Tags {
    init(_ values: [String: String]) { self.init(values.map { Tag(name: $0.key, value: $0.value) }) }
}
