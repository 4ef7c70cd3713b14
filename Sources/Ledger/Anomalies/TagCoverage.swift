/// Which tags a call should carry, as far as coverage asks for them: what the policy requires, or else what every report needs.
public struct TagCoverage: Sendable {
    private static let usual = [["team_id"], ["workflow_name"], ["agent_id"]]

    private let rules: TagRules
    /// Each group once; of a group a call carries at least one tag.
    public let groups: [[String]]

    public init(_ rules: TagRules) {
        self.rules = rules
        var groups: [[String]] = []
        for group in rules.requirements.flatMap(\.groups) where !groups.contains(group) { groups.append(group) }
        self.groups = groups.isEmpty ? Self.usual : groups
    }

    /// The groups that calls of an environment are asked for.
    public func asked(in environment: String?) -> [[String]] {
        let environment = environment ?? Tags.defaultEnvironment
        guard !rules.allowMissingIn.matches(environment) else { return [] }
        return rules.requirements.isEmpty ? groups : rules.requirements.filter { $0.holds(in: environment) }.flatMap(\.groups)
    }

    /// Whether calls carry everything that their environment asks for. What an exception excuses is still absent.
    ///
    /// - Parameter present: for each of the groups, whether they carry one of its tags.
    public func isWhole(environment: String?, present: [Bool]) -> Bool {
        let asked = asked(in: environment)
        return zip(groups, present).allSatisfy { group, isPresent in isPresent || !asked.contains(group) }
    }
}
