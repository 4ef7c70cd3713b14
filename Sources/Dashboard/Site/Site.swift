/// The pages of the dashboard, and the forms that they send.
public struct Site: Sendable {
    public typealias Page = @Sendable (Visit) async throws -> View
    public typealias Action = @Sendable (Visit) async throws -> Reply

    /// What every path begins with.
    public static let root = "/dashboard"

    /// By path, such as `/dashboard/runs/{run_id}`.
    public private(set) var pages: [String: Page] = [:]
    public private(set) var actions: [String: Action] = [:]

    init() {}

    /// Every page that there is.
    public static let standard: Site = {
        var site = Site()
        FleetPages.add(to: &site)
        AgentPage.add(to: &site)
        RunPages.add(to: &site)
        ApprovalPages.add(to: &site)
        BreakerPages.add(to: &site)
        AnomalyPages.add(to: &site)
        AlertPages.add(to: &site)
        SchedulePages.add(to: &site)
        WebhookPages.add(to: &site)
        addGovernance(to: &site)
        return site
    }()

    /// - Parameter path: below `/dashboard`; a part in braces is a parameter.
    mutating func page(_ path: String, _ page: @escaping Page) { pages[Self.root + path] = page }

    /// A form that is sent there. Whoever comes here has sent the token of his session.
    mutating func action(_ path: String, _ action: @escaping Action) { actions[Self.root + path] = action }

    /// Where a visitor begins.
    public static func home(of visitor: Visitor) -> String {
        Navigation.groups.flatMap(\.entries).first { $0.isHome(of: visitor.role) }?.path ?? root + "/fleet"
    }
}
