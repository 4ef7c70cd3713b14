internal import JSON

/// A value in a head, a seal or an end of an audit file.
enum AuditMember {
    case text(String)
    case number(Int64)
    case flag(Bool)

    /// Nil: the line is not an object of such values.
    static func read(_ line: [UInt8]) -> [String: AuditMember]? {
        try? line.withUnsafeBufferPointer { bytes in
            try JSONReader.read(bytes) { reader throws(JSONError) in
                var members: [String: AuditMember] = [:]
                try reader.dictionary { name, _, reader throws(JSONError) in
                    switch name {
                    case "form", "position", "seal", "facts", "end": members[name] = .number(try reader.integer(in: 0 ... .max))
                    case "detached": members[name] = .flag(try reader.bool())
                    default: members[name] = .text(try reader.string())
                    }
                }
                return members
            }
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }

    var number: Int64? { if case .number(let number) = self { number } else { nil } }

    var isTrue: Bool { if case .flag(let flag) = self { flag } else { false } }

    /// The 32 bytes of a digest in hexadecimal.
    var digest: [UInt8]? {
        guard let text, text.utf8.count == 64 else { return nil }
        return Digest.bytes(hex: text)
    }
}
