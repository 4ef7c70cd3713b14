/// Whom a suspension stops.
public struct Subject: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case run, session, agent, user, workflow, key

        /// The tag that names one; a key is named by its id.
        public var tag: String? {
            switch self {
            case .run: "run_id"
            case .session: "session_id"
            case .agent: "agent_id"
            case .user: "user_id"
            case .workflow: "workflow_name"
            case .key: nil
            }
        }

        /// Those that a plan can suspend, finest first.
        public static let ofPlans: [Kind] = [.run, .session, .agent, .user]
    }

    public let kind: Kind
    public let id: String

    public init(kind: Kind, id: String) {
        self.kind = kind
        self.id = id
    }

    /// The subject of a kind that a balance is of; nil where it is of none.
    init?(_ kind: Kind, of identity: BalanceIdentity) {
        guard let tag = kind.tag, let index = identity.names.firstIndex(of: tag), !identity.values[index].isEmpty else { return nil }
        self.init(kind: kind, id: identity.values[index])
    }

    /// The finest of run, session, agent and user that a balance is of; nil where it is of none.
    public init?(of identity: BalanceIdentity) {
        for kind in Kind.ofPlans {
            guard let index = identity.names.firstIndex(where: { $0 == kind.tag }), !identity.values[index].isEmpty else { continue }
            self.init(kind: kind, id: identity.values[index])
            return
        }
        return nil
    }
}
