/// The constants of PostgreSQL's binary formats that both directions share.
@usableFromInline
enum WireFormat {
    /// Microseconds from 1970-01-01 to 2000-01-01, where timestamptz begins.
    @usableFromInline static let epochOffset: Int64 = 946_684_800_000_000
    /// Bytes before the first element of a one-dimensional array.
    @usableFromInline static let arrayHeaderLength = 20
    /// Bytes of an array without elements.
    @usableFromInline static let emptyArrayLength = 12
    /// The first byte of a jsonb value.
    @usableFromInline static let jsonbVersion: UInt8 = 1

    @usableFromInline static let boolOID: UInt32 = 16
    @usableFromInline static let byteaOID: UInt32 = 17
    @usableFromInline static let int8OID: UInt32 = 20
    @usableFromInline static let int4OID: UInt32 = 23
    @usableFromInline static let textOID: UInt32 = 25
    @usableFromInline static let timestamptzOID: UInt32 = 1184
    @usableFromInline static let uuidOID: UInt32 = 2950
    @usableFromInline static let jsonbOID: UInt32 = 3802

    /// A time as timestamptz has it. A time too far back becomes the one value below all that the server takes, so that
    /// it answers 22008 instead of keeping a wrapped time or an infinity.
    @inlinable
    static func timestamptz(microsecondsSince1970 time: Int64) -> Int64 {
        let (shifted, overflow) = time.subtractingReportingOverflow(epochOffset)
        return overflow ? .min + 1 : max(shifted, .min + 1)
    }
}
