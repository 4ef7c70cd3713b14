internal import WebText

/// The addresses of pages that other pages lead to.
enum Paths {
    static let fleet = Site.root + "/fleet"
    static let runs = Site.root + "/runs"
    static let breakers = Site.root + "/breakers"
    static let anomalies = Site.root + "/anomalies"
    static let alerts = Site.root + "/alerts"
    static let approvals = Site.root + "/approvals"
    static let schedules = Site.root + "/schedules"
    static let webhooks = Site.root + "/webhooks"
    static let envelopes = Site.root + "/envelopes"
    static let overview = Site.root + "/overview"
    static let spend = Site.root + "/spend"
    static let trends = Site.root + "/trends"
    static let economics = Site.root + "/economics"
    static let coverage = Site.root + "/coverage"
    static let policy = Site.root + "/policy"
    static let seal = Site.root + "/seal"
    static let reviews = Site.root + "/reviews"
    static let imports = Site.root + "/imports"

    static func agent(_ id: String) -> String { page("agents", id) }
    static func run(_ id: String) -> String { page("runs", id) }
    static func breaker(_ id: String) -> String { page("breakers", id) }
    static func anomaly(_ id: String) -> String { page("anomalies", id) }
    static func alert(_ id: String) -> String { page("alerts", id) }
    static func approval(_ id: String) -> String { page("approvals", id) }
    static func webhook(_ id: String) -> String { page("webhooks", id) }
    static func envelope(_ name: String) -> String { page("envelopes", name) }
    static func balance(_ id: String, of envelope: String) -> String { page("envelopes", envelope, "balances", id) }
    static func review(_ id: String) -> String { page("reviews", id) }
    static func logImport(_ id: String) -> String { page("imports", id) }
    static func workflow(_ name: String) -> String { page("workflows", name) }
    static func version(_ version: Int64) -> String { policy + "/versions/\(version)" }

    private static func page(_ segments: String...) -> String { Site.root + URLText.path(segments) }

    static func with(_ path: String, _ query: [(String, String?)]) -> String {
        let text = Fields.query(query)
        return text.isEmpty ? path : path + "?" + text
    }

    /// The next page of a list, with what it was filtered by.
    static func next(_ path: String, _ cursor: String?, _ fields: [(String, String?)] = []) -> String? {
        cursor.map { with(path, fields + [("after", $0)]) }
    }

    /// The page of a group: workflows and agents have one of their own.
    static func group(_ dimension: String, _ value: String) -> String? {
        switch dimension {
        case "workflow_name": workflow(value)
        case "agent_id": agent(value)
        case "envelope": envelope(value)
        default: nil
        }
    }

    /// The list of runs that a link of the interface asks for.
    static func runs(by link: String?) -> String? {
        guard let link, link.hasPrefix("/v1/runs") else { return nil }
        return Site.root + link.dropFirst("/v1".count)
    }
}
