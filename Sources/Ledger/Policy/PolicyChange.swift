/// One difference between two policies.
public struct PolicyChange: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case added, removed, changed
    }

    public let kind: Kind
    /// `envelope`, `model`, `contact` and so on.
    public let what: String
    /// Nil for what a policy has once.
    public let name: String?
    /// What is different, for people.
    public let detail: String
    /// Meter, window or `per` changed: balances begin anew.
    public let newBalances: Bool

    public init(_ kind: Kind, _ what: String, name: String? = nil, detail: String = "", newBalances: Bool = false) {
        self.kind = kind
        self.what = what
        self.name = name
        self.detail = detail
        self.newBalances = newBalances
    }
}
