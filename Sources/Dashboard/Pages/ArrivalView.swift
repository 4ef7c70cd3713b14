/// A page that leads to where its reader wanted to go, as if he had followed a link of the dashboard.
public struct ArrivalView: Sendable {
    let arrivesAt: String

    /// - Parameter path: of the dashboard.
    public static func view(to path: String) -> View {
        View("One moment", entry: "", template: "arrival", content: ArrivalView(arrivesAt: path))
    }
}
