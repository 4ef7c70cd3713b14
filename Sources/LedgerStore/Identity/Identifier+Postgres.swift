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

    /// The id of a batch that decided at `time`. Where the clock stands still, as a test clock does, ids still sort in the
    /// order in which batches got their locks.
    ///
    /// - Parameter moment: the database's own clock under the locks; its lowest 46 bits, two years, are kept.
    static func batch(at time: Timestamp, moment: Timestamp) -> Identifier {
        let order = UInt64(truncatingIfNeeded: moment.microseconds) & (1 << 46 - 1)
        return .version7(at: time, sequence: 0, random: order << 8 | UInt64(UInt8.random(in: .min ... .max)))
    }
}
