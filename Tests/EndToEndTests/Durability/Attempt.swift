/// One call of a client that wants to know what became of it: what was sent, and what was answered, if anything.
struct Attempt: Sendable {
    enum Settlement: Sendable {
        case none
        case commit(String)
        case release
    }

    let key: String
    let call: Call
    /// The bytes of the 201; nil where no answer came, or a 503.
    var admitted: String?
    var id: String?
    /// What was sent to settle the hold.
    var settlement = Settlement.none
    /// The bytes of the 200 to it.
    var settled: String?
}
