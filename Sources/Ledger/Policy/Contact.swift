/// How an owner is reached: the names of webhooks.
public struct Contact: Hashable, Sendable {
    public let owner: String
    public let channels: [String]

    public init(owner: String, channels: [String]) {
        self.owner = owner
        self.channels = channels
    }
}
