/// Where governance pages are.
enum Places {
    static let overview = Site.root + "/overview"
    static let spend = Site.root + "/spend"
    static let trends = Site.root + "/trends"
    static let economics = Site.root + "/economics"
    static let coverage = Site.root + "/coverage"
    static let policy = Site.root + "/policy"
    static let seal = Site.root + "/seal"

    static let reviews = Site.root + "/reviews"
    static let allImports = Site.root + "/imports"

    static func review(_ id: String) -> String { Site.root + URLText.path(["reviews", id]) }
    static func imports(_ id: String) -> String { Site.root + URLText.path(["imports", id]) }
    static func workflow(_ name: String) -> String { Site.root + URLText.path(["workflows", name]) }
    static func balance(_ id: String, of envelope: String) -> String { Site.root + URLText.path(["envelopes", envelope, "balances", id]) }
    static func version(_ version: Int64) -> String { policy + "/versions/\(version)" }

    static func with(_ path: String, _ query: [(String, String?)]) -> String {
        let text = Fields.query(query)
        return text.isEmpty ? path : path + "?" + text
    }

    /// The page of a group: workflows and agents have one of their own.
    static func group(_ dimension: String, _ value: String) -> String? {
        switch dimension {
        case "workflow_name": workflow(value)
        case "agent_id": Paths.agent(value)
        case "envelope": Paths.envelope(value)
        default: nil
        }
    }

    /// The list of runs that a link of the interface asks for.
    static func runs(_ link: String?) -> String? {
        guard let link, link.hasPrefix("/v1/runs") else { return nil }
        return Site.root + link.dropFirst("/v1".count)
    }
}
