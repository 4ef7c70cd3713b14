import ArgumentParser

/// The policy of an organisation, kept as files in a folder.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Check, preview, apply, roll back and replay the policy.",
        subcommands: [PolicyLint.self, PolicyPlan.self, PolicyApply.self, PolicyRollback.self, PolicyList.self, PolicyReplay.self])
}
