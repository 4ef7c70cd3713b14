internal import JSON
internal import Ledger

/// What a refusal's fact keeps of who spoke against the call, as far as it tells rules of the policy from others.
struct RecordedVerdicts {
    /// Whether an envelope was frozen by hand.
    private(set) var isFrozen = false
    private(set) var suspensions: [Identifier] = []
    /// Whether it names something by text alone: tags, a model.
    private var isText = false

    init(_ json: [UInt8]) throws(StoreError) {
        do {
            self = try json.withUnsafeBufferPointer { bytes in
                try JSONReader.read(bytes) { reader throws(JSONError) in try RecordedVerdicts(&reader) }
            }
        } catch {
            throw StoreError(.corrupt, "the verdicts of a refusal are no array of verdicts")
        }
    }

    private init(_ reader: inout JSONReader) throws(JSONError) {
        var found = (isFrozen: false, suspensions: [Identifier](), isText: false)
        try reader.array { reader throws(JSONError) in
            guard !reader.isAtString else {
                found.isText = true
                return try reader.skip()
            }
            try reader.dictionary { name, _, reader throws(JSONError) in
                switch name {
                case "suspension": if let id = Identifier(try reader.string()) { found.suspensions.append(id) }
                case "frozen":
                    found.isFrozen = true
                    try reader.skip()
                default: try reader.skip()
                }
            }
        }
        (isFrozen, suspensions, isText) = found
    }

    /// Whether the key is bound to another value of a tag: of the problems of this name the one that names a tag.
    func isTagBound(problem: String) -> Bool { problem == Refusal.tagBound(name: "").problem && isText }
}
