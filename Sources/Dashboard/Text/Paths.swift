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

    static func agent(_ id: String) -> String { Site.root + URLText.path(["agents", id]) }
    static func run(_ id: String) -> String { Site.root + URLText.path(["runs", id]) }
    static func breaker(_ id: String) -> String { Site.root + URLText.path(["breakers", id]) }
    static func anomaly(_ id: String) -> String { Site.root + URLText.path(["anomalies", id]) }
    static func alert(_ id: String) -> String { Site.root + URLText.path(["alerts", id]) }
    static func approval(_ id: String) -> String { Site.root + URLText.path(["approvals", id]) }
    static func webhook(_ id: String) -> String { Site.root + URLText.path(["webhooks", id]) }
    static func envelope(_ name: String) -> String { Site.root + URLText.path(["envelopes", name]) }

    /// The next page of a list, with what it was filtered by.
    static func next(_ path: String, _ cursor: String?, _ fields: [(String, String?)] = []) -> String? {
        cursor.map { path + "?" + Fields.query(fields + [("after", $0)]) }
    }
}
