import Ledger
import Testing

/// Documents that are read as one policy, and the one place where and why it is refused.
struct BrokenPolicy: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let drafts: [Draft]
    let pointer: String
    let line: Int
    let detail: String

    init(_ name: String, _ drafts: Draft..., at pointer: String, line: Int, _ detail: String) {
        testDescription = name
        self.drafts = drafts
        self.pointer = pointer
        self.line = line
        self.detail = detail
    }

    init(_ name: String, _ draft: Draft, _ pointer: String, line: Int, _ detail: String) {
        self.init(name, draft, at: pointer, line: line, detail)
    }

    /// One envelope with these members; the first stands on line 2. Three tiers are known.
    init(_ name: String, envelope: Draft, _ pointer: String, line: Int, _ detail: String) {
        self.init(name, ["envelopes": [envelope], "tiers": ["premium", "standard", "economy"]], "/envelopes/0" + pointer, line: line, detail)
    }

    /// One envelope with a limit and this plan, whose first step begins on line 6, its key on line 5.
    init(_ name: String, plan: Draft, per: String = "agent_id", _ pointer: String, line: Int, _ detail: String) {
        self.init(
            name, envelope: ["name": "a", "meter": "cost", "limit": "1", "plan": plan, "per": [.text(per)]], "/plan" + pointer, line: line, detail)
    }

    /// The first of the documents.
    var draft: Draft { drafts[0] }

    /// Expects this one issue and no other.
    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let issues = PolicyReader.issues(drafts)
        #expect(issues.map(\.pointer) == [pointer], sourceLocation: sourceLocation)
        #expect(issues.map(\.line) == [line], sourceLocation: sourceLocation)
        #expect(issues.first?.detail.contains(detail) == true, "\(issues)", sourceLocation: sourceLocation)
    }
}

extension PolicyReader {
    /// What is wrong with documents; nothing, where they can be used.
    static func issues(_ drafts: [Draft]) -> [PolicyIssue] { issues(drafts.map { PolicyDocument(root: $0.node) }) }

    static func issues(_ drafts: Draft...) -> [PolicyIssue] { issues(drafts) }

    static func issues(_ documents: [PolicyDocument]) -> [PolicyIssue] {
        do {
            _ = try read(documents, version: 1)
            return []
        } catch {
            return error.issues
        }
    }
}
