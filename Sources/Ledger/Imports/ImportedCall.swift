/// A call that another program made and logged, checked and ready to be booked.
public struct ImportedCall: Hashable, Sendable {
    public enum Status: String, CaseIterable, Sendable {
        case ok, error, cancelled, empty
    }

    /// What the log calls it by, if it does.
    public let ownID: String?
    /// When it began.
    public let at: Timestamp
    /// Exactly one of these two is there.
    public let model: String?
    public let tool: String?
    public let tags: Tags
    /// Nil: the log tells of no tokens.
    public let usage: TokenUsage?
    /// What the log says that it cost.
    public let statedCost: Money?
    public let status: Status?
    public let latencyMilliseconds: Int64?
    public let stateHash: String?

    /// The same with the tags that a key fills in.
    public func with(tags: Tags) -> ImportedCall {
        ImportedCall(
            ownID: ownID, at: at, model: model, tool: tool, tags: tags, usage: usage, statedCost: statedCost, status: status,
            latencyMilliseconds: latencyMilliseconds, stateHash: stateHash)
    }

    /// What the call cost: what the log says, else the price of its model when it was made, else the first price that is known of the
    /// model, since logs are older than the price list that a newcomer imports; a tool without a cost costs nothing.
    ///
    /// - Returns: nil where the model has no price.
    /// - Throws: where the cost is larger than an amount can be.
    public func cost(by prices: PriceBook) throws(LogFault) -> Money? {
        if let statedCost { return statedCost }
        guard let model, let usage else { return .zero }
        guard let price = prices.price(of: model, at: at) ?? prices.entries[model]?.first?.price else { return nil }
        guard let cost = price.cost(of: usage) else { throw LogFault("", "the tokens cost more than the ledger can hold") }
        return cost
    }

    /// What tells the call apart from others. A call that the log itself names is told by that name and its time, since some logs only
    /// number their lines; any other by all that it says, and by how many of the same came before it in the log.
    ///
    /// - Parameter occurrence: 0 for the first of its kind.
    public func identity(occurrence: Int64) -> CanonicalBytes {
        var bytes = CanonicalBytes()
        if let ownID {
            bytes.append("imported call by id")
            bytes.append(ownID)
            bytes.append(at.microseconds)
            return bytes
        }
        bytes.append("imported call")
        bytes.append(at.microseconds)
        bytes.append(model)
        bytes.append(tool)
        bytes.append(tags)
        bytes.append(usage)
        bytes.append(statedCost?.nanos)
        bytes.append(status?.rawValue)
        bytes.append(latencyMilliseconds)
        bytes.append(stateHash)
        bytes.append(occurrence)
        return bytes
    }
}
