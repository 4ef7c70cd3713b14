/// The names that an object may have, as an enumeration, made once per type of object.
public struct JSONFields<Field: CaseIterable & RawRepresentable<String> & Sendable>: Sendable {
    let names: [[UInt8]]
    let fields: [Field]

    public init(_: Field.Type = Field.self) {
        fields = Array(Field.allCases)
        names = fields.map { Array($0.rawValue.utf8) }
    }

    func position(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        for position in names.indices where names[position].count == name.count {
            if names[position].elementsEqual(name) { return position }
        }
        return nil
    }

    var list: String { fields.map(\.rawValue).joined(separator: ", ") }
}
