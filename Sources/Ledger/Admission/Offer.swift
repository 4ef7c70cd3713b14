/// One way to make a call: with the model that was asked for, or with one that the route names instead. Priced and
/// matched on its own.
public struct Offer: Sendable {
    public let call: Call
    /// One for each envelope that matches.
    public let requests: [Admission.Request]
    /// The rules that forbid it, as far as the call alone tells.
    public let forbidding: [AccessRule]

    public init(call: Call, requests: [Admission.Request], forbidding: [AccessRule] = []) {
        self.call = call
        self.requests = requests
        self.forbidding = forbidding
    }
}
