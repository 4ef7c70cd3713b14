/// Who hears of an event, by what the policy says of contacts.
///
/// A webhook that no contact names hears of everything that its selection includes. One that contacts name hears only of the
/// envelopes that these contacts own; the contact `finance` owns every envelope in this sense, and what concerns no
/// envelope. What no contact would hear of, because its owner has none and there is no `finance`, goes to every webhook
/// whose selection includes it.
public struct Audience: Sendable {
    /// A webhook as far as this decision needs it.
    public struct Listener: Sendable {
        public let id: Identifier
        public let name: String?
        public let events: EventSelection

        public init(id: Identifier, name: String?, events: EventSelection) {
            self.id = id
            self.name = name
            self.events = events
        }
    }

    /// The contact that hears of every envelope.
    public static let everyEnvelope = "finance"

    private let policy: Policy
    private let listeners: [Listener]
    /// By the name of a webhook, the contacts that name it.
    private let owners: [String: Set<String>]
    /// Those who have a contact.
    private let reachable: Set<String>

    public init(policy: Policy, listeners: [Listener]) {
        self.policy = policy
        self.listeners = listeners
        var owners: [String: Set<String>] = [:]
        for contact in policy.contacts {
            for channel in contact.channels { owners[channel, default: []].insert(contact.owner) }
        }
        self.owners = owners
        reachable = Set(policy.contacts.map(\.owner))
    }

    /// The webhooks that are sent an event, in the order in which they were given.
    ///
    /// - Parameters:
    ///   - envelope: empty for an event that concerns none.
    ///   - owner: as the event says; nil: the owner of the envelope in the policy.
    public func listeners(to kind: Event.Kind, envelope: String, owner: String?) -> [Identifier] {
        let owner = owner ?? policy.envelope(named: envelope)?.owner
        let isNobodys = !reachable.contains(Self.everyEnvelope) && !(owner.map(reachable.contains) ?? false)
        return listeners.compactMap { listener in
            guard listener.events.includes(kind) else { return nil }
            guard !isNobodys, let contacts = listener.name.flatMap({ owners[$0] }) else { return listener.id }
            let concerned = contacts.contains(Self.everyEnvelope) || owner.map(contacts.contains) ?? false
            return concerned ? listener.id : nil
        }
    }
}
