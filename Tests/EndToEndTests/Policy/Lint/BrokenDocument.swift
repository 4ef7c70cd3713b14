import Foundation

/// A policy as somebody might write it, with mistakes. Each line that is wrong ends in `# here`; what stands behind that is
/// the pointer that the error names, a blank, and a part of what it says to write instead.
struct BrokenDocument: Sendable {
    struct Mistake: Hashable, Sendable {
        let line: Int
        let pointer: String
        let detail: String
    }

    let text: String
    let mistakes: [Mistake]

    init(_ text: String) {
        self.text = text
        mistakes = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { number, line in
            line.components(separatedBy: "# here ").dropFirst().map { mark in
                let parts = mark.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return Mistake(line: number + 1, pointer: parts[0], detail: parts.last?.trimmingCharacters(in: .whitespaces) ?? "")
            }
        }
    }

    /// In what the errors of an answer differ from the mistakes.
    func faults(in errors: [ProblemAnswer.Fault]) -> [String] {
        let found = errors.map { "line \($0.line ?? 0), \($0.pointer): \($0.detail)" }
        guard errors.count == mistakes.count else { return ["\(mistakes.count) mistakes, found \(found)"] }
        let pairs = zip(
            errors.sorted { ($0.line ?? 0, $0.pointer) < ($1.line ?? 0, $1.pointer) },
            mistakes.sorted { ($0.line, $0.pointer) < ($1.line, $1.pointer) })
        return pairs.compactMap { error, mistake in
            error.line == mistake.line && error.pointer == mistake.pointer && error.detail.contains(mistake.detail)
                ? nil : "line \(mistake.line), \(mistake.pointer): \(mistake.detail); found \(found)"
        }
    }
}
