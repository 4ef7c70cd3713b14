internal import JSON
internal import Ledger
internal import LedgerStore
internal import WebText

/// An event as a message tells it, whatever the format.
struct Notice: Sendable {
    struct Spender: Sendable {
        let name: String
        let amount: String
        let sharePercent: String?
    }

    let entry: FeedEntry
    let organisation: String
    let currency: String
    /// The event's data, for an alert with its details, for a suspension and a breaker with the steps of the run.
    let data: [UInt8]
    /// The same with the last few steps only, for services that take no more.
    let briefData: [UInt8]
    /// What the run did that it is about.
    let log: RunReader.Log?
    /// What links begin with; empty: they are paths.
    let base: String

    private(set) var reason = ""
    private(set) var owner: String?
    private(set) var playbook: String?
    /// The step, in per cent of the limit.
    private(set) var step: Int64?
    private(set) var tier: String?
    private(set) var subject: String?
    private(set) var related: String?
    private(set) var balance: String?
    private(set) var key: [(name: String, value: String)] = []
    private(set) var meter: String?
    private(set) var limit: String?
    private(set) var held: String?
    private(set) var spent: String?
    private(set) var windowStart: String?
    private(set) var windowEnd: String?
    private(set) var burnPerHour: String?
    private(set) var exhaustedAt: String?
    private(set) var spenders: [Spender] = []
    /// Of the call that set it off.
    private(set) var tags: [(name: String, value: String)] = []
    /// What a person was asked for, and until when he can answer.
    private(set) var requested: String?
    private(set) var expiresAt: String?

    /// Nil for a test message.
    var kind: Event.Kind? { Event.Kind(rawValue: entry.kind) }

    /// How many steps are told where room is short.
    static let briefSteps = 20

    /// - Parameters:
    ///   - details: a JSON object that is told beside the event's data; nil: there is none.
    ///   - log: of the run that it is about; nil: there is none.
    ///   - publicURL: what links begin with, without a slash at the end; nil: they are paths.
    init(_ entry: FeedEntry, details: [UInt8]? = nil, log: RunReader.Log? = nil, organisation: String, currency: String, publicURL: String? = nil) {
        self.entry = entry
        self.organisation = organisation
        self.currency = currency
        self.log = log
        let base = publicURL ?? ""
        self.base = base
        let data = details.map { EventData.merged(entry.data, EventData.linked($0, to: base)) } ?? entry.data
        self.data = log.map { EventData.merged(data, RunJSON.encode($0, last: RunReader.logLimit, base: base)) } ?? data
        briefData = log.map { EventData.merged(data, RunJSON.encode($0, last: Self.briefSteps, base: base)) } ?? data
        read(data)
    }

    /// Where to look, by what there is; only where the service's address is known.
    var links: [(text: String, href: String)] {
        guard !base.isEmpty else { return [] }
        var links: [(String, String)] = []
        if kind == .alert { links.append(("Alert", "\(base)/v1/alerts/\(entry.event)")) }
        if let kind, [.trialStarted, .trialKept, .trialRolledBack, .trialEnded].contains(kind), let related {
            links.append(("Trial", "\(base)/v1/route-trials/\(related)"))
        }
        if kind == .reviewReady, let related { links.append(("Review", "\(base)/v1/reviews/\(related)")) }
        if let run = log?.run { links.append(("Run", "\(base)/v1/runs/\(URLText.escaped(run))")) }
        return links
    }

    /// `limit` of money with its currency, of anything else with its unit.
    func amount(_ text: String) -> String {
        guard let meter else { return text }
        return meter == Meter.cost.rawValue ? "\(text) \(currency)" : "\(text) \(meter.split(separator: "_").joined(separator: " "))"
    }

    /// Held and spent in per cent of the limit, rounded down; nil where there is no limit.
    var usedPercent: Int64? {
        guard let limit = limit.flatMap(number), limit > 0, let held = held.flatMap(number), let spent = spent.flatMap(number) else {
            return nil
        }
        return Int64(clamping: (Int128(held) + Int128(spent)) * 100 / Int128(limit))
    }

    /// `agent_id=triage-7, run_id=r1`; nil where the envelope is not cut.
    var keyText: String? { key.isEmpty ? nil : key.map { "\($0.name)=\($0.value)" }.joined(separator: ", ") }

    private func number(_ text: String) -> Int64? { meter == Meter.cost.rawValue ? Money(text)?.nanos : Int64(text) }
}

// MARK: - Reading

extension Notice {
    private mutating func read(_ data: [UInt8]) {
        data.withUnsafeBufferPointer { bytes in
            // What cannot be read is not shown; the data itself is sent as it is.
            try? JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.dictionary { name, _, reader throws(JSONError) in try member(name, &reader) }
            }
        }
    }

    private mutating func member(_ name: String, _ reader: inout JSONReader) throws(JSONError) {
        switch name {
        case "reason": reason = try reader.scalar() ?? ""
        case "owner": owner = try reader.scalar()
        case "playbook": playbook = try reader.scalar()
        case "at": step = try reader.scalar().flatMap { Int64($0) }
        case "tier": tier = try reader.scalar()
        case "related_id": related = try reader.scalar()
        case "balance_id": balance = try reader.scalar()
        case "meter": meter = try reader.scalar()
        case "limit": limit = try reader.scalar()
        case "held": held = try reader.scalar()
        case "spent": spent = try reader.scalar()
        case "exhausted_at": exhaustedAt = try reader.scalar()
        case "key": key = try reader.texts()
        case "tags": tags = try reader.texts()
        case "requested": requested = try reader.scalar()
        case "expires_at": expiresAt = try reader.scalar()
        case "subject": subject = try reader.texts().map(\.value).joined(separator: " ")
        case "window":
            let window = try reader.texts()
            windowStart = window.first { $0.name == "start" }?.value
            windowEnd = window.first { $0.name == "end" }?.value
        case "burn_rate": burnPerHour = reader.isAtObject ? try reader.texts().first { $0.name == "per_hour" }?.value : try reader.scalar()
        case "top_spenders" where reader.isAtArray: try reader.array { reader throws(JSONError) in spenders.append(try reader.spender()) }
        default: try reader.skip()
        }
    }
}

extension JSONReader {
    /// A string, number or truth as text; nil for anything else.
    fileprivate mutating func scalar() throws(JSONError) -> String? {
        if isAtString { return try string() }
        if isAtNumber { return try number() }
        try skip()
        return nil
    }

    /// The members of an object that are scalars.
    fileprivate mutating func texts() throws(JSONError) -> [(name: String, value: String)] {
        var texts: [(String, String)] = []
        guard isAtObject else {
            try skip()
            return []
        }
        try dictionary { name, _, reader throws(JSONError) in
            if let value = try reader.scalar() { texts.append((name, value)) }
        }
        return texts
    }

    fileprivate mutating func spender() throws(JSONError) -> Notice.Spender {
        let members = try texts()
        func member(_ name: String) -> String? { members.first { $0.name == name }?.value }
        let name = [member("type"), member("id")].compactMap { $0 }.joined(separator: " ")
        return Notice.Spender(name: name, amount: member("amount") ?? "", sharePercent: member("share_percent"))
    }
}
