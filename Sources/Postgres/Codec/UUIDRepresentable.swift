/// An id of 128 bits as two big-endian halves.
///
/// Types of a domain conform, so that hot paths need neither Foundation's `UUID` nor a string in between.
public protocol UUIDRepresentable {
    /// Makes the id from bytes 0 to 7 and bytes 8 to 15 of the UUID.
    init(high: UInt64, low: UInt64)
    /// Bytes 0 to 7.
    var high: UInt64 { get }
    /// Bytes 8 to 15.
    var low: UInt64 { get }
}
