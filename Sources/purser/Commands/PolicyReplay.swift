import ArgumentParser
import Foundation
import Ledger
import LedgerStore
import Postgres

/// Runs a policy over recorded calls.
struct PolicyReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a policy over recorded calls: who would have been refused, downgraded or sent for approval, and the money saved.",
        discussion: """
            Reads only, and beside a running service. A call that the record refused and that the policy admits is charged what would have \
            been held for it; a call with another model is charged the recorded tokens at that model's price.
            """)

    @Option(help: "How far back, such as 24h, 7d or 2w.") var since: TimeSpan
    @Option(help: "The folder of the proposed policy; the policy in force where it is left out.") var policy: String?
    @Option(help: "The organisation.") var org = Organisation.defaultName
    @Flag(help: "Print the report as JSON.") var json = false

    func run() async throws {
        let proposed = try await proposed()
        let settings = try await Settings.load()
        let (report, currency) = try await Installation.with(settings) { installation in
            let store = try await installation.store(settings)
            guard let state = try await store.organisations.current(org) else { throw SettingsError("there is no organisation '\(org)'") }
            let now = store.clock.now()
            await store.close()
            let report = try Self.replay(
                proposed, state: state, from: now.adding(seconds: -since.seconds), until: Timestamp(microseconds: now.microseconds + 1),
                connectionString: installation.connectionString)
            return (report, state.organisation.currency)
        }
        print(json ? ReplayJSON.text(report, currency: currency) : ReplayText.text(report, currency: currency))
    }

    private func proposed() async throws -> Policy? {
        guard let policy else { return nil }
        let files = try PolicyFolder.read(policy)
        let reading = try await PolicyText.explaining(policy) { try PolicyYAML.read(files, version: 0) }
        for warning in reading.warnings { Self.tell("warning: \(policy)/\(warning)\n") }
        return reading.policy
    }

    /// Over a session that cannot write.
    private static func replay(
        _ policy: Policy?, state: OrganisationState, from start: Timestamp, until end: Timestamp, connectionString: String
    ) throws -> ReplayReport {
        var settings = Store.serviceSettings(connectionString)
        settings.setup.append("SET default_transaction_read_only = on")
        let session = try Session.connect(settings)
        defer { session.close() }
        let began = ContinuousClock.now
        var told = began
        let report = try Replay.run(policy, state: state, from: start, until: end, in: session) { progress in
            let now = ContinuousClock.now
            guard now - told >= .milliseconds(500) else { return }
            told = now
            let rate = Double(progress.operations) / ((now - began) / .seconds(1))
            tell("\(progress.operations) operations, up to \(progress.at), \(Int(rate)) a second\n")
        }
        return report
    }

    private static func tell(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
