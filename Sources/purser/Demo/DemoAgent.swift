/// One agent of the demo's fleet: what it does, and what should become of it.
struct DemoAgent: Sendable {
    enum Expectation: Sendable {
        /// It does all its steps, and nobody is asked.
        case finishes
        /// One of these breakers stops it.
        case stopped(by: [String])
        /// It waits for a person, and finishes once he has agreed.
        case approved
    }

    let name: String
    /// What it is, in a line.
    let story: String
    /// How many steps it would do if nobody stopped it.
    let steps: Int
    let expectation: Expectation
    /// Its step of this number, from 1 on.
    let move: @Sendable (Int) -> DemoMove

    /// The four of the demo. `policies/demo` has the limits that they meet.
    static let fleet = [support, crawler, writer, researcher]

    private static let support = DemoAgent(
        name: "demo-support", story: "answers a ticket, step by step, and is done", steps: 12, expectation: .finishes
    ) { step in
        step.isMultiple(of: 2)
            ? .use("kb.search", "retrieve", state: "ticket-\(step)")
            : .think("draft", state: "ticket-\(step)", estimate: (1_200, 400), used: (1_150, 320))
    }

    /// The tool never answers; each time the prompt is written anew, so the state is always another one.
    private static let crawler = DemoAgent(
        name: "demo-crawler", story: "its search tool fails; it rewrites the prompt and tries again, for ever", steps: 2_000,
        expectation: .stopped(by: ["demo-failing-tool", "demo-no-progress"])
    ) { step in
        step.isMultiple(of: 2)
            ? .use("web.search", "search", state: "attempt-\(step)", status: step.isMultiple(of: 4) ? "empty" : "error", latency: 2_000)
            : .think("rewrite", state: "attempt-\(step)", estimate: (2_000, 600), used: (2_000, 600))
    }

    private static let updateAtStep = 6

    private static let writer = DemoAgent(
        name: "demo-writer", story: "a model update at step \(updateAtStep) triples what each call costs", steps: 400,
        expectation: .stopped(by: ["demo-draft-cost"])
    ) { step in
        let factor: Int64 = step < updateAtStep ? 1 : 3
        return .think("write", state: "page-\(step)", estimate: (1_600, 600), used: (1_600, 400 * factor), latency: 700 * factor)
    }

    private static let researcher = DemoAgent(
        name: "demo-researcher", story: "reads deeply; its fifth call of the dear model needs a person", steps: 8, expectation: .approved
    ) { step in .think("read", state: "paper-\(step)", estimate: (6_000, 1_500), used: (5_800, 1_300), latency: 1_500) }
}
