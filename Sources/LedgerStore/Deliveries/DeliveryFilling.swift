public import Ledger
internal import Postgres

/// Gives each event of a feed to the queues of those who are to hear of it, exactly once.
public struct DeliveryFilling: Sendable {
    /// How many organisations one look finds.
    static let organisationLimit = 1_000
    /// How many entries one transaction gives to the queues, so that a hundred webhooks are filled well within a second.
    static let stretchLimit = 50

    /// A stretch of a feed, and who listens.
    public struct Stretch: Sendable {
        public let organisation: Organisation
        /// Where the stretch begins.
        let after: Int64
        /// Where it ends.
        public let through: Int64
        public let entries: [FeedEntry]
        public let audience: Audience
        /// By webhook, how its messages look.
        public let kinds: [Identifier: WebhookKind]
        /// Whether the feed goes on behind it.
        public let isMore: Bool

        /// The part of it before a position, which is that of an entry but not of the first one.
        public func cut(before position: Int64) -> Stretch {
            Stretch(
                organisation: organisation, after: after, through: position - 1, entries: entries.filter { $0.position < position },
                audience: audience, kinds: kinds, isMore: true)
        }
    }

    /// One message for one webhook.
    public struct Item: Sendable {
        let webhook: Identifier
        let event: Identifier
        let kind: String
        let body: [UInt8]

        /// - Parameter body: JSON, without secrets.
        public init(webhook: Identifier, event: Identifier, kind: String, body: [UInt8]) {
            self.webhook = webhook
            self.event = event
            self.kind = kind
            self.body = body
        }
    }

    let pool: Pool
    let clock: StoreClock
    let directory: OrganisationDirectory
    let feed: FeedReader

    /// Organisations whose feed goes further than what their webhooks were given.
    public func behind() async throws -> [Identifier] {
        try await pool.withSession { session in
            var parameters = Parameters()
            parameters.int8(Int64(Self.organisationLimit))
            let rows = try session.execute(DeliveryStatements.behind, parameters)
            return try (0..<rows.count).map { try rows.uuid($0, 0) }
        }
    }

    /// What comes next in the feed of an organisation. Nil: nothing does.
    public func next(of organisation: Identifier) async throws -> Stretch? {
        let position = try await pool.withSession { session in
            var key = Parameters()
            key.uuid(organisation)
            let rows = try session.execute(DeliveryStatements.readCursor, key)
            return rows.count == 1 ? try rows.int8(0, 0) : 0
        }
        let page = try await feed.page(of: organisation, after: position, limit: Self.stretchLimit)
        guard page.through > position else { return nil }
        // The listeners are read after the entries: whoever was made before an event is among its listeners.
        return try await pool.withSession { session in
            guard let state = try directory.refresh(organisation, in: session) else { return nil }
            var key = Parameters()
            key.uuid(organisation)
            let rows = try session.execute(DeliveryStatements.listeners, key)
            var listeners: [Audience.Listener] = []
            var kinds: [Identifier: WebhookKind] = [:]
            for row in 0..<rows.count {
                let id: Identifier = try rows.uuid(row, 0)
                guard let kind = WebhookKind(rawValue: try rows.text(row, 2)) else { throw StoreError(.corrupt, "webhook \(id) has an unknown kind") }
                let patterns = try rows.textArray(row, 3)
                // A kind of event that a later release knew is nothing to listen to here.
                guard let events = try? EventSelection(patterns: patterns) else { continue }
                listeners.append(Audience.Listener(id: id, name: try rows.textIfPresent(row, 1), events: events))
                kinds[id] = kind
            }
            return Stretch(
                organisation: state.organisation, after: position, through: page.through, entries: page.entries,
                audience: Audience(policy: state.policy, listeners: listeners), kinds: kinds, isMore: page.through < page.last)
        }
    }

    /// Puts the messages of a stretch into their queues and moves on behind it, in one transaction.
    ///
    /// - Returns: false if somebody else was faster; nothing was changed then.
    public func fill(_ stretch: Stretch, with items: [Item]) async throws -> Bool {
        let now = clock.now()
        let organisation = stretch.organisation.id
        return try await pool.withTransaction { session in
            // What a lost transaction has sent already is sent again under the same id.
            _ = try session.execute(RelaxedCommit.statement)
            var key = Parameters()
            key.uuid(organisation)
            _ = try session.execute(DeliveryStatements.beginCursor, key)
            let cursor = try session.execute(DeliveryStatements.lockCursor, key)
            guard cursor.count == 1, try cursor.int8(0, 0) == stretch.after else { return false }
            if !items.isEmpty { try Self.insert(items, at: now, organisation: organisation, in: session) }
            key.int8(stretch.through)
            _ = try session.execute(DeliveryStatements.moveCursor, key)
            return true
        }
    }

    private static func insert(_ items: [Item], at now: Timestamp, organisation: Identifier, in session: Session) throws {
        var lock = Parameters()
        lock.uuid(organisation)
        lock.uuidArray(Set(items.map(\.webhook)).sorted())
        let queues = try session.execute(DeliveryStatements.lockQueues, lock)
        var last: [Identifier: Int64] = [:]
        for row in 0..<queues.count { last[try queues.uuid(row, 0)] = try queues.int8(row, 1) }
        var positions: [Int64] = []
        for item in items {
            guard let before = last[item.webhook] else { throw StoreError(.corrupt, "webhook \(item.webhook) has no queue") }
            last[item.webhook] = before + 1
            positions.append(before + 1)
        }
        var insert = Parameters()
        insert.uuid(organisation)
        insert.timestamp(microsecondsSince1970: now.microseconds)
        insert.uuidArray(items.map { Delivery.id(webhook: $0.webhook, event: $0.event) })
        insert.uuidArray(items.map(\.webhook))
        insert.uuidArray(items.map(\.event))
        insert.textArray(items.map(\.kind))
        insert.int8Array(positions)
        insert.textArray(items.map { String(decoding: $0.body, as: UTF8.self) })
        var extend = Parameters()
        extend.uuid(organisation)
        extend.timestamp(microsecondsSince1970: now.microseconds)
        let ordered = last.sorted { $0.key < $1.key }
        extend.uuidArray(ordered.map(\.key))
        extend.int8Array(ordered.map(\.value))
        _ = try session.pipeline([
            PipelineStep(DeliveryStatements.insert, insert), PipelineStep(DeliveryStatements.extendQueues, extend),
        ])
    }
}
