/// Which tags calls must carry and which values they may have.
public struct TagRules: Hashable, Sendable {
    public let requirements: [TagRequirement]
    /// Each tag once.
    public let values: [TagValues]
    /// The environments in which nothing is required.
    public let allowMissingIn: Matcher
    public let exceptions: [TagException]

    /// Nothing required, nothing restricted.
    public static let none = TagRules()

    public init(
        requirements: [TagRequirement] = [], values: [TagValues] = [], allowMissingIn: Matcher = .anyOf([]), exceptions: [TagException] = []
    ) {
        self.requirements = requirements
        self.values = values
        self.allowMissingIn = allowMissingIn
        self.exceptions = exceptions
    }

    /// The tags that calls must carry, and those whose values are restricted.
    public var names: Set<String> { Set(requirements.flatMap(\.groups).flatMap(\.self) + values.map(\.name)) }

    /// Everything that is wrong with a call's tags; empty: nothing.
    ///
    /// Values are checked in every environment and only where the tag is present.
    public func faults(in tags: Tags, at now: Timestamp) -> [TagFault] {
        var faults: [TagFault] = []
        let environment = tags["environment"] ?? Tags.defaultEnvironment
        if !allowMissingIn.matches(environment) {
            for requirement in requirements where requirement.holds(in: environment) {
                for group in requirement.groups where !group.contains(where: { tags[$0] != nil || isExcused($0, in: tags, at: now) }) {
                    faults.append(.missing(anyOf: group))
                }
            }
        }
        for rule in values {
            if let value = tags[rule.name], !rule.allowed.matches(value) {
                faults.append(.value(name: rule.name, allowed: rule.allowed.texts))
            }
        }
        return faults
    }

    /// Whether a call with these tags may lack this tag, so that a `per` key takes the empty value for it: its environment
    /// is one of `allow_missing_in`, or an exception that still holds names the tag.
    public func mayLack(_ name: String, in tags: Tags, at now: Timestamp) -> Bool {
        allowMissingIn.matches(tags["environment"] ?? Tags.defaultEnvironment) || isExcused(name, in: tags, at: now)
    }

    private func isExcused(_ name: String, in tags: Tags, at now: Timestamp) -> Bool {
        exceptions.contains { $0.excuses(name, in: tags, at: now) }
    }
}
