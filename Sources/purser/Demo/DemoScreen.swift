import Foundation
import Ledger
import Synchronization

/// The terminal: a line an agent that is written anew as it works, or, where nobody looks at a terminal, a line for
/// whatever happens.
final class DemoScreen: Sendable {
    private enum Tone: String {
        case good = "32", bad = "31", waiting = "33", plain = "0"
    }

    private struct State {
        var lines: [String]
        var isDrawn = false
    }

    private let agents: [DemoAgent]
    private let isTerminal: Bool
    private let hasColours: Bool
    private let width: Int
    private let state: Mutex<State>

    /// - Parameter isTerminal: whether lines can be written anew.
    init(agents: [DemoAgent], isTerminal: Bool, hasColours: Bool) {
        self.agents = agents
        self.isTerminal = isTerminal
        self.hasColours = hasColours
        width = agents.map(\.name.count).max() ?? 0
        state = Mutex(State(lines: agents.map { _ in "" }))
    }

    /// As the environment says: https://no-color.org, and a terminal that is not `dumb`.
    static func ofProcess(agents: [DemoAgent]) -> DemoScreen {
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1 && environment["TERM"] ?? "dumb" != "dumb"
        return DemoScreen(agents: agents, isTerminal: isTerminal, hasColours: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty)
    }

    /// Before the agents begin.
    func begin() {
        for agent in agents { write("\(padded(agent.name))  \(agent.story)") }
        write("")
    }

    func step(_ agent: DemoAgent, number: Int, move: DemoMove, spent: Money) {
        let status = move.status == "ok" ? "" : " \(move.status)"
        show(agent, "step \(number)  \(move.stepName) \(move.name)\(status)  spent \(spent)", move.status == "ok" ? .plain : .bad)
    }

    func end(_ outcome: DemoOutcome) {
        switch outcome.end {
        case .finished: show(outcome.agent, "finished after \(outcome.steps) steps, spent \(outcome.spent)", .good)
        case .suspended(let rule, _):
            show(outcome.agent, "stopped at step \(outcome.steps + 1) by \(rule), spent \(outcome.spent)", .bad)
        case .refused(let why): show(outcome.agent, "refused at step \(outcome.steps + 1): \(why)", .bad)
        }
    }

    /// Something that stays in sight.
    func tell(_ agent: DemoAgent, _ text: String) {
        state.withLock { state in
            erase(&state)
            put("\(padded(agent.name))  \(coloured(text, .waiting))\n")
            draw(&state)
        }
    }

    func write(_ line: String) { put(line + "\n") }

    // MARK: - Drawing

    private func show(_ agent: DemoAgent, _ text: String, _ tone: Tone) {
        state.withLock { state in
            guard isTerminal else { return put("\(padded(agent.name))  \(text)\n") }
            guard let index = agents.firstIndex(where: { $0.name == agent.name }) else { return }
            erase(&state)
            state.lines[index] = "\(padded(agent.name))  \(coloured(text, tone))"
            draw(&state)
        }
    }

    /// Goes back to the first of the agents' lines and clears them.
    private func erase(_ state: inout State) {
        guard isTerminal, state.isDrawn else { return }
        put("\u{1B}[\(agents.count)A\u{1B}[0J")
        state.isDrawn = false
    }

    private func draw(_ state: inout State) {
        guard isTerminal else { return }
        // A line that wrapped would be two to go back over.
        put("\u{1B}[?7l" + state.lines.map { $0 + "\n" }.joined() + "\u{1B}[?7h")
        state.isDrawn = true
    }

    private func coloured(_ text: String, _ tone: Tone) -> String {
        hasColours && tone != .plain ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }

    private func padded(_ name: String) -> String { name + String(repeating: " ", count: max(0, width - name.count)) }

    private func put(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
