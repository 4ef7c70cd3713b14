import ArgumentParser
import Foundation
import Ledger
import LedgerAPI
import LedgerStore
import Logging
import ServiceLifecycle
import UnixSignals

/// Measures a deployment.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load a running server and report rates and latencies.", subcommands: [Load.self, Bare.self, History.self, Spending.self],
        defaultSubcommand: Load.self)

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reserve, or reserve and commit, over many connections.")

        @Option(help: "Address of the server.") var host = "127.0.0.1"
        @Option(help: "Port of the server.") var port = 8080
        @Option(help: "A gateway key; PURSER_ADMIN_KEY where it is left out.") var key: String?
        @Option(help: "reserve or pair (reserve, then commit).") var work = "reserve"
        @Option(help: "Connections, 1 to 10,000.") var connections = 64
        @Option(help: "Seconds that are not counted, first.") var warmup = 2.0
        @Option(help: "Seconds that are counted.") var seconds = 10.0
        @Option(help: "Units of work per second on schedule (open loop); left out: as fast as answers come.") var rate: Double?
        @Option(help: "Values of user_id that the calls carry, 1 to 1,000,000.") var users = 256
        @Option(help: "Calls of a run, each in a state of its own, up to 1,000; 0: one run for all.") var steps = 0
        @Flag(help: "Print one line of JSON.") var json = false

        func run() async throws {
            guard (1...1_000_000).contains(users) else { throw ValidationError("--users is 1 to 1,000,000") }
            guard (0...1_000).contains(steps) else { throw ValidationError("--steps is 0 to 1,000") }
            guard let work = BenchPlan.Work(rawValue: work) else { throw ValidationError("--work is reserve or pair") }
            guard (1...10_000).contains(connections) else { throw ValidationError("--connections is 1 to 10,000") }
            guard seconds > 0, warmup >= 0, rate.map({ $0 > 0 }) ?? true else { throw ValidationError("times and rates are positive") }
            let settings = try await Settings.load()
            guard let key = key ?? settings.adminKey else { throw ValidationError("name a key with --key or PURSER_ADMIN_KEY") }
            let report = try await BenchRun.run(
                BenchPlan(
                    host: host, port: port, key: key, work: work, connections: connections, warmupSeconds: warmup, seconds: seconds,
                    rate: rate, users: users, steps: steps, runID: String(UInt64.random(in: .min ... .max), radix: 36)))
            print(json ? try report.json() : report.text)
            if !report.errors.isEmpty { throw ExitCode(1) }
        }
    }

    struct Bare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve POST /v1/reservations with the same decoder and encoder and a fixed answer, without keys or ledger, to compare with.")

        @Option(help: "Port to listen on.") var port = 8081

        func run() async throws {
            let logger = Log.make(.notice)
            let service = BareServer.make(port: port, logger: logger) { port in
                FileHandle.standardOutput.write(Data("bare route is ready on http://127.0.0.1:\(port)\n".utf8))
            }
            let group = ServiceGroup(services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            try await group.run()
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print rows for COPY … FROM STDIN that fill the tables of the organisation 'default' with a past that adds up.")

        @Argument(help: "balances, reservations, settlements, open_reservations or idempotency_keys.") var table: String
        @Option(help: "Policy file whose envelopes the calls match.") var policy: String
        @Option(help: "Holds that are still open.") var open = 1_000_000
        @Option(help: "Holds that were committed.") var settled = 5_000_000
        @Option(help: "When this past ends, as an RFC 3339 time; the same for every table.") var end: String

        func run() async throws {
            guard let table = BenchHistory.Table(rawValue: table) else {
                throw ValidationError("a table is one of \(BenchHistory.Table.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            guard let end = Timestamp(rfc3339: end) else { throw ValidationError("write a time such as 2026-12-01T00:00:00Z") }
            guard let source = try? String(contentsOfFile: policy, encoding: .utf8) else { throw ValidationError("cannot read \(policy)") }
            let history = BenchHistory(
                organisation: .organisation(named: Organisation.defaultName), policy: try PolicyYAML.read(source, version: 1), open: open,
                settled: settled, end: end)
            try history.write(table, to: .standardOutput)
        }
    }

    struct Spending: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print rows for COPY … FROM STDIN that fill the tables of the organisation 'default' with direct charges of 200 agents.")

        @Argument(help: "settlements, batches or unrolled_batches.") var table: String
        @Option(help: "How many charges.") var count = 10_000_000
        @Option(help: "When they begin, as an RFC 3339 time; the same for every table.") var from: String
        @Option(help: "When they end.") var to: String

        func run() async throws {
            guard let table = BenchSpending.Table(rawValue: table) else {
                throw ValidationError("a table is one of \(BenchSpending.Table.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            guard let from = Timestamp(rfc3339: from), let to = Timestamp(rfc3339: to), from < to, count > 0 else {
                throw ValidationError("write two times such as 2026-12-01T00:00:00Z, the earlier first")
            }
            let spending = BenchSpending(organisation: .organisation(named: Organisation.defaultName), count: count, from: from, to: to)
            try spending.write(table, to: .standardOutput)
        }
    }
}
