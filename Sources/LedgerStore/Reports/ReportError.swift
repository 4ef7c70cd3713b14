/// Why a report cannot be answered.
public enum ReportError: Error, Hashable, Sendable {
    /// It would have more rows than this.
    case tooManyRows(limit: Int)
    /// There is no such envelope in the policy in force.
    case unknownEnvelope(String)
    /// The envelope's `match` asks for a label that sums are not kept by.
    case envelopeOutOfReach(String, label: String)
}
