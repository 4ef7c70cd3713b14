internal import JSON
internal import Ledger

/// What envelopes in shadow mode would have done, as the JSON object in which facts keep it.
enum ShadowJSON {
    /// Nil where no envelope is in shadow mode.
    static func encode(_ shadows: [Shadow]) -> [UInt8]? {
        guard !shadows.isEmpty else { return nil }
        var writer = JSONWriter(capacity: 64)
        writer.object { writer in
            for shadow in shadows {
                writer.name(shadow.envelope)
                writer.string(shadow.would?.rawValue)
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(StoreError) -> [Shadow] {
        do {
            return try bytes.withUnsafeBufferPointer { bytes in
                try JSONReader.read(bytes) { reader throws(JSONError) in
                    var shadows: [Shadow] = []
                    try reader.dictionary { name, _, reader throws(JSONError) in
                        let would = try reader.takeNull() ? nil : try reader.string()
                        shadows.append(Shadow(envelope: name, would: would.flatMap(PlanStep.Action.init)))
                    }
                    return shadows
                }
            }
        } catch {
            throw StoreError(.corrupt, "a stored shadow is not an object of actions")
        }
    }
}

extension [Shadow] {
    /// What is known of one envelope; nil where it was enforced.
    func of(_ envelope: String) -> Shadow? { isEmpty ? nil : first { $0.envelope == envelope } }
}
