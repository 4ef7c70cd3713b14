/// Which tags calls must carry.
public struct TagRequirement: Hashable, Sendable {
    /// Where the tags are required; nil: everywhere.
    public let environment: Matcher?
    /// Never empty. Of each group the call carries at least one tag; a group has at least one name.
    public let groups: [[String]]

    public init(environment: Matcher? = nil, groups: [[String]]) {
        self.environment = environment
        self.groups = groups
    }

    func holds(in environment: String) -> Bool { self.environment?.matches(environment) ?? true }
}
