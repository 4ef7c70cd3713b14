package import Ledger
package import LedgerStore

extension Outcome {
    package var admitted: AdmittedHold? {
        if case .admitted(let hold) = self { hold } else { nil }
    }

    package var settled: SettledHold? {
        if case .settled(let hold) = self { hold } else { nil }
    }

    /// The fact that a repeated request was answered from.
    package var replayed: Identifier? {
        if case .replayed(let fact, _) = self { fact } else { nil }
    }

    package var refusal: Refusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    package var violations: [Violation]? {
        if case .refused(.objected(let objections)) = self { objections.violations } else { nil }
    }

    /// The name of the case, and of the refusal if it is one.
    package var name: String {
        switch self {
        case .admitted: "admitted"
        case .settled(let hold): hold.late ? "late" : "\(hold.state)"
        case .extended: "extended"
        case .replayed(_, let late): late ? "replayed late" : "replayed"
        case .nothing: "nothing"
        case .adjusted: "adjusted"
        case .decided: "decided"
        case .refused(.objected(let objections)): objections.kind.map { Self.words("\($0)") } ?? "objected"
        case .refused(.tags(let faults)): faults.contains { if case .missing = $0 { true } else { false } } ? "tags missing" : "tag value"
        case .refused(let refusal): Self.words("\(refusal)")
        }
    }

    /// `alreadySettled(…)` as `already settled`.
    private static func words(_ description: String) -> String {
        description.prefix { $0 != "(" }.reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : String($1) }
    }
}
