internal import JSON
internal import Ledger

/// The lines of an audit file: a head, then for each entry the lines of its facts and one of its seal, then an end. Each is JSON,
/// ended by a line feed; see docs/seal.md.
public enum AuditLines {
    static let form: Int64 = 1

    /// - Parameter start: the chain before the first entry.
    public static func head(_ organisation: Organisation, start: SealHead) -> [UInt8] {
        line { writer in
            writer.name("purser")
            writer.string("audit")
            writer.name("form")
            writer.integer(form)
            writer.name("organisation")
            writer.string(organisation.name)
            writer.name("org_id")
            writer.string(organisation.id.description)
            writer.name("position")
            writer.integer(start.position)
            writer.name("chain")
            writer.string(Digest.hex(start.digest))
        }
    }

    /// The facts of an entry, and its seal.
    public static func entry(_ sealed: SealReader.Sealed) -> [UInt8] {
        var lines: [UInt8] = []
        for line in sealed.lines {
            lines += line
            lines.append(10)
        }
        let entry = sealed.entry
        lines += line { writer in
            writer.name("seal")
            writer.integer(entry.position)
            writer.name("source")
            writer.string(entry.source)
            writer.name("key")
            writer.string(entry.key.description)
            writer.name("facts")
            writer.integer(entry.facts)
            if sealed.isDetached {
                writer.name("detached")
                writer.bool(true)
            }
            writer.name("marks")
            writer.string(Digest.hex(entry.marks))
            writer.name("digest")
            writer.string(Digest.hex(entry.digest))
            writer.name("sealed_at")
            writer.string(entry.sealedAt.description)
            writer.name("chain")
            writer.string(Digest.hex(entry.chain))
        }
        return lines
    }

    /// - Parameter head: the chain behind the last entry.
    public static func end(_ head: SealHead) -> [UInt8] {
        line { writer in
            writer.name("end")
            writer.integer(head.position)
            writer.name("chain")
            writer.string(Digest.hex(head.digest))
        }
    }

    private static func line(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object(body)
        return writer.bytes + [10]
    }
}
