internal import Ledger
internal import LedgerStore
internal import Logging

/// Turns events into the messages of those who are to hear of them, each organisation in its turn.
struct QueueFilling: Sendable {
    /// How many alerts of an organisation are measured in one turn, and in a second, and of how many suspensions and breakers the
    /// steps are read. Both read the ledger, and a flood of them must take little from the calls.
    static let measurementLimit = 20
    /// How long a round goes on before what is due is looked at.
    private static let roundTime = Duration.seconds(1)

    private enum Turn {
        case done, more
        /// There is more, which is to wait.
        case rest
    }

    let store: Store
    /// What links begin with; nil: they are paths.
    let publicURL: String?
    let logger: Logger
    private let pace = FillingPace()

    init(store: Store, publicURL: String? = nil, logger: Logger) {
        self.store = store
        self.publicURL = publicURL
        self.logger = logger
    }

    /// Goes through every feed to its end. An organisation that fails does not keep the others waiting.
    func fill() async throws {
        var organisations = try await store.deliveryFilling.behind()
        while !organisations.isEmpty {
            var left: [Identifier] = []
            for organisation in organisations {
                if try await turn(of: organisation) != .done { left.append(organisation) }
            }
            organisations = left
        }
    }

    /// Gives each organisation that is behind one turn, for as long as a round may take.
    ///
    /// - Parameter last: whose turn was the last of the round before; the next one begins.
    /// - Returns: whose turn was the last, and whether there is more to do at once. One that failed waits for another look.
    func round(after last: Identifier?) async throws -> (last: Identifier?, isMore: Bool) {
        let behind = try await store.deliveryFilling.behind().sorted()
        let end = ContinuousClock.now + Self.roundTime
        let start = last.flatMap { last in behind.firstIndex { $0 > last } } ?? 0
        var served = last
        var isMore = false
        for organisation in behind[start...] + behind[..<start] {
            guard ContinuousClock.now < end else { return (served, true) }
            guard !pace.isResting(organisation) else { continue }
            switch try await turn(of: organisation) {
            case .done: break
            case .more: isMore = true
            case .rest: pace.rest(organisation)
            }
            served = organisation
        }
        return (served, isMore)
    }

    /// Gives the next stretch of a feed to the queues. What failed waits for another look.
    private func turn(of organisation: Identifier) async throws -> Turn {
        do {
            guard let next = try await store.deliveryFilling.next(of: organisation) else { return .done }
            let (stretch, items) = try await messages(of: next)
            let isMine = try await store.deliveryFilling.fill(stretch, with: items)
            if stretch.through < next.through { return .rest }
            return stretch.isMore || !isMine ? .more : .done
        } catch {
            if Task.isCancelled { throw error }
            logger.error(
                "events of an organisation could not be given to its webhooks", metadata: ["org_id": "\(organisation)", "error": "\(error)"])
            return .done
        }
    }

    /// What a stretch says to whom; the stretch is cut before an alert that is one too many to be measured now.
    private func messages(
        of stretch: DeliveryFilling.Stretch
    ) async throws -> (stretch: DeliveryFilling.Stretch, items: [DeliveryFilling.Item]) {
        var items: [DeliveryFilling.Item] = []
        var measured = 0
        for entry in stretch.entries {
            guard let kind = Event.Kind(rawValue: entry.kind) else { continue }
            let owner = Notice(entry, organisation: stretch.organisation.name, currency: stretch.organisation.currency).owner
            let listeners = stretch.audience.listeners(to: kind, envelope: entry.envelope, owner: owner)
            guard !listeners.isEmpty else { continue }
            if [.alert, .suspensionOpened, .breakerTripped].contains(kind) {
                guard measured < Self.measurementLimit else { return (stretch.cut(before: entry.position), items) }
                measured += 1
            }
            let notice = try await notice(of: entry, kind, organisation: stretch.organisation)
            var bodies: [WebhookKind: [UInt8]?] = [:]
            for listener in listeners {
                guard let format = stretch.kinds[listener] else { continue }
                let body = bodies[format] ?? MessageFormat.body(notice, for: format)
                bodies[format] = .some(body)
                if let body { items.append(DeliveryFilling.Item(webhook: listener, event: entry.event, kind: entry.kind, body: body)) }
            }
        }
        return (stretch, items)
    }

    private func notice(of entry: FeedEntry, _ kind: Event.Kind, organisation: Organisation) async throws -> Notice {
        var details: [UInt8]?
        var log: RunReader.Log?
        do {
            if kind == .alert { details = try await store.alerts.detail(of: entry.event, organisation: organisation.id) }
            log = try await store.runs.log(for: entry, organisation: organisation.id)
        } catch let error as StoreError where error.code == .corrupt || error.code == .rejected {
            // What cannot be measured is told all the same.
            logger.error("what an event is about cannot be read", metadata: ["org_id": "\(organisation.id)", "error": "\(error)"])
        }
        return Notice(
            entry, details: details, log: log, organisation: organisation.name, currency: organisation.currency, publicURL: publicURL)
    }
}
