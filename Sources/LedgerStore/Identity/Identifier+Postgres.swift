public import Ledger
public import Postgres

extension Identifier: UUIDRepresentable {}

extension Identifier {
    /// The id of an organisation is a hash of its name, so that the primary key guards the name.
    public static func organisation(named name: String) -> Identifier {
        var bytes = CanonicalBytes()
        bytes.append("organisation")
        bytes.append(name)
        return Digest.identifier(bytes.bytes)
    }

    /// A new UUIDv7 made at `time`.
    public static func fresh(at time: Timestamp, sequence: UInt8 = 0) -> Identifier {
        .version7(at: time, sequence: sequence, random: .random(in: .min ... .max))
    }
}
