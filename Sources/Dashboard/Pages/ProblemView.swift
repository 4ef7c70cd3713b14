/// A page instead of the one that was asked for.
public struct ProblemView: Sendable {
    let problemTitle: String
    let detail: String
    let status: Int
    let advice: String

    /// The interface's problem with what to do next.
    public static func view(_ problem: InterfaceProblem) -> View {
        let advice =
            switch problem.status {
            case 403: "Sign in with a key of another role, or ask an administrator of your organisation for one."
            case 404: "It may be gone, or belong to somebody else. Start from the navigation."
            case 503: "Load the page again in a few seconds; nothing was booked twice."
            case 500...: "Load the page again. If it fails again, report it with the time."
            default: "Go back and correct what the message names."
            }
        return View(
            problem.title, entry: "", template: "problem",
            content: ProblemView(problemTitle: problem.title, detail: problem.detail, status: problem.status, advice: advice))
    }
}
