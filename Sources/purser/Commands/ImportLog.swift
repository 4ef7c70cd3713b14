import ArgumentParser
import Foundation
import Ledger
import LedgerStore

/// Takes over a log of calls that were made before, or without, Purser.
struct ImportLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a log of calls: CSV, JSON lines, LiteLLM spend logs or OTLP traces.",
        discussion: """
            Started again after it was cut off, it goes on and takes nothing twice. Exits with 2 if lines were refused: they are named in \
            GET /v1/imports/{id}/refused, the first of them here.
            """)

    @Argument(help: "The file, or - for standard input.") var file: String
    @Option(help: "csv, jsonl, litellm or otlp; by the file's name and its first line where it is left out.") var format: String?
    @Option(help: "What lists call the import; the file's name where it is left out.") var name: String?
    @Option(help: "The organisation.") var org = Organisation.defaultName
    @Option(help: "What one unit of the log's currency is worth in the organisation's; stated costs are multiplied by it.") var rate = "1"
    @Flag(help: "Take calls of models without a price at no cost, instead of refusing them.") var unpricedAsZero = false
    @Flag(help: "Show what would be taken, and write nothing.") var dryRun = false
    @Option(help: "Write the policy that is proposed for the log to this file.") var policy: String?

    func validate() throws {
        if policy != nil, dryRun { throw ValidationError("--policy needs an import; leave --dry-run out") }
        if file == "-", name == nil, !dryRun {
            throw ValidationError("write --name for what comes from standard input; under the same name it goes on")
        }
    }

    func run() async throws {
        guard let rate = ExchangeRate(rate) else {
            throw ValidationError("write --rate as a decimal above 0, at most 1000000, with at most nine decimals, such as 0.92")
        }
        var input = try LogFile(file)
        let target = try policy.map { try PolicyTarget($0) }
        let title = name ?? URL(fileURLWithPath: file).lastPathComponent
        let request = ImportRequest(
            format: try logFormat(&input), name: String(title.prefix(ImportRequest.maximumNameLength)), identity: try input.identity(named: title),
            author: "command line", rate: rate, takesUnpriced: unpricedAsZero, isDryRun: dryRun)
        let refused = try await Installation.withStore(try await Settings.load()) { [input] store in
            guard let state = try await store.organisations.current(org) else { throw SettingsError("there is no organisation '\(org)'") }
            let done = try await send(input, store.imports.sending(request, to: state))
            print(text(done))
            for line in done.refusals { print("  line \(line.line): \(line.place.isEmpty ? "" : line.place + ": ")\(line.reason)") }
            if let target {
                let summary = try await store.imports.summary(of: done, in: state.organisation.id)
                let text = StarterPolicy.text(summary, name: done.name, currency: state.organisation.currency, prices: state.prices)
                try target.write(text)
                print("A policy to begin with is in \(target.path).")
            }
            return done.counts.refused
        }
        if refused > 0 { throw ExitCode(2) }
    }

    private func send(_ input: LogFile, _ sending: LogImport) async throws -> StoredImport {
        var (input, sending) = (input, sending)
        var progress = ImportProgress(size: input.size)
        do {
            while let part = try input.read() {
                try await sending.read(part)
                progress.tell(sending.counts, bytes: input.position)
            }
            let done = try await sending.finish()
            progress.finish(done.counts, bytes: input.position)
            return done
        } catch let error as ImportError {
            throw Self.error(error, file)
        } catch {
            await sending.interrupt()
            throw error
        }
    }

    private static func error(_ error: ImportError, _ file: String) -> SettingsError {
        switch error {
        case .superseded: SettingsError("\(file): somebody began to send the same log meanwhile; that import goes on")
        case .otherFormat(let format): SettingsError("\(file): this log was imported with --format \(format.rawValue) before; write the same")
        case .unreadable(let fault, _): SettingsError("\(file): \(fault.place.isEmpty ? "" : fault.place + ": ")\(fault.reason)")
        }
    }

    private func text(_ done: StoredImport) -> String {
        let counts = done.counts
        var parts = ["\(counts.taken) calls\(done.id == nil ? " would be" : "") taken, \(counts.cost), \(counts.tokens) tokens"]
        if counts.resumed > 0 { parts.append("\(counts.resumed) of them before this start") }
        if counts.alreadyThere > 0 { parts.append("\(counts.alreadyThere) were there already") }
        if counts.passedOver > 0 { parts.append("\(counts.passedOver) are no calls") }
        if counts.unpriced > 0 { parts.append("\(counts.unpriced) without a price, at no cost") }
        parts.append("\(counts.refused) refused")
        let id = done.id.map { "import \($0): " } ?? ""
        let ignored = done.ignored.isEmpty ? "" : "\n  meant nothing here: \(done.ignored.joined(separator: ", "))"
        return "\(id)\(counts.lines) lines; \(parts.joined(separator: ", "))\(ignored)"
    }

    private func logFormat(_ input: inout LogFile) throws -> LogFormat {
        if let format {
            guard let known = LogFormat(rawValue: format) else {
                throw ValidationError("write --format as one of \(LogFormat.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return known
        }
        let ending = URL(fileURLWithPath: file).pathExtension
        if ending == "csv" { return .csv }
        if let known = LogFormat.recognised(try input.beginning()) { return known }
        switch ending {
        case "jsonl", "ndjson": return .jsonl
        default: throw ValidationError("write --format: neither the name of the file nor its first line tells it")
        }
    }
}
