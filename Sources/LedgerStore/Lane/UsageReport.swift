public import Ledger

/// What a gateway says of a call that was made: the log of that step.
public struct UsageReport: Sendable {
    public enum Source: String, CaseIterable, Sendable {
        case provider, estimated, partial, cache
    }

    public enum Status: String, CaseIterable, Sendable {
        case ok, error, cancelled
        /// The call came back, with nothing that helps: a search without a hit, a tool without an answer.
        case empty
    }

    /// Nil where no token count is stated.
    public var usage: TokenUsage?
    public var toolCalls: Int64?
    /// A cost that the caller states; it wins over the price catalogue.
    public var statedCost: Money?
    public var source: Source?
    /// The model that really answered, where it is not the one that was held.
    public var model: String?
    public var status: Status?
    public var latencyMilliseconds: Int64?
    public var routeReason: String?
    public var stateHash: String?

    public init(
        usage: TokenUsage? = nil, toolCalls: Int64? = nil, statedCost: Money? = nil, source: Source? = nil, model: String? = nil,
        status: Status? = nil, latencyMilliseconds: Int64? = nil, routeReason: String? = nil, stateHash: String? = nil
    ) {
        self.usage = usage
        self.toolCalls = toolCalls
        self.statedCost = statedCost
        self.source = source
        self.model = model
        self.status = status
        self.latencyMilliseconds = latencyMilliseconds
        self.routeReason = routeReason
        self.stateHash = stateHash
    }

    public func append(to bytes: inout CanonicalBytes) {
        bytes.append(usage)
        bytes.append(toolCalls)
        bytes.append(statedCost?.nanos)
        bytes.append(source?.rawValue)
        bytes.append(model)
        bytes.append(status?.rawValue)
        bytes.append(latencyMilliseconds)
        bytes.append(routeReason)
        bytes.append(stateHash)
    }

    /// Two reports with one fingerprint say the same.
    public var fingerprint: Identifier {
        var bytes = CanonicalBytes()
        append(to: &bytes)
        return Digest.identifier(bytes.bytes)
    }
}
