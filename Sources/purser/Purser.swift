import ArgumentParser

/// The budget officer for AI agents.
@main
struct Purser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "The budget officer for AI agents: a ledger that says no before the money is spent.",
        subcommands: [
            Serve.self, Migrate.self, Verify.self, Organisations.self, Keys.self, PolicyCommand.self, Prices.self, ImportLog.self, Export.self,
            Bench.self,
            Demo.self,
        ]
    )
}
