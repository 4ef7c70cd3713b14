/// What stops calls, or routes them, whatever the balances say: suspensions, frozen envelopes, route trials.
public struct Guards: Sendable {
    private var suspensions: [Subject: Suspension] = [:]
    private var freezes: [String: Freeze] = [:]
    public var routeTrials: RouteTrials

    public init(suspensions: [Suspension] = [], freezes: [Freeze] = [], routeTrials: RouteTrials = .none) {
        self.routeTrials = routeTrials
        for suspension in suspensions { add(suspension) }
        for freeze in freezes { self.freezes[freeze.envelope] = freeze }
    }

    /// The first suspension of a subject stays.
    public mutating func add(_ suspension: Suspension) {
        if suspensions[suspension.subject] == nil { suspensions[suspension.subject] = suspension }
    }

    /// Ends what suspends a subject.
    public mutating func lift(_ subject: Subject) { suspensions[subject] = nil }

    public mutating func replace(freezes: [Freeze]) {
        self.freezes = Dictionary(freezes.map { ($0.envelope, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// Those that are open, in no order.
    public var openSuspensions: some Collection<Suspension> { suspensions.values }

    /// How many envelopes are frozen.
    public var freezeCount: Int { freezes.count }

    public func suspension(of subject: Subject) -> Suspension? { suspensions[subject] }

    public func freeze(of envelope: String) -> Freeze? { freezes.isEmpty ? nil : freezes[envelope] }

    /// Every suspension that covers a call.
    ///
    /// - Parameter key: the id of the API key that it came with.
    public func suspensions(covering tags: Tags, key: String) -> [Suspension] {
        guard !suspensions.isEmpty else { return [] }
        return Subject.Kind.allCases.compactMap { kind in
            let id = kind.tag.map { tags[$0] } ?? key
            return id.flatMap { suspensions[Subject(kind: kind, id: $0)] }
        }
    }
}
