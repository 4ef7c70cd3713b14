/// All that the service said of one hold to the client.
struct Promise: Sendable {
    let call: Call
    let key: String
    let admitted: HoldAnswer
    let openedAt: Moment
    /// As long as the client was told that the hold lives.
    var expiresAt: Moment
    /// The answer to the commit or the release that ended it.
    var end: SettlementAnswer?
    var late: SettlementAnswer?
}
