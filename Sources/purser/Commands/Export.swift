import ArgumentParser
import Foundation
import Ledger
import LedgerStore

/// Writes spending or the sealed ledger to standard output.
struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write spending, or the sealed ledger, to standard output.",
        subcommands: [Focus.self, Spend.self, Audit.self])

    /// What all exports take.
    struct Options: ParsableArguments {
        @Option(help: "The organisation.") var org = Organisation.defaultName
        @Option(help: "From when on: an RFC 3339 time, or a date in UTC.") var from: String?
        @Option(help: "Until when, not included; up to now where it is left out.") var to: String?

        func time(_ text: String?) throws -> Timestamp? {
            guard let text else { return nil }
            guard let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") else {
                throw ValidationError("write '\(text)' as 2026-11-01 or 2026-11-01T00:00:00Z")
            }
            return time
        }

        /// Both ends in their order.
        func span() throws -> (from: Timestamp?, to: Timestamp?) {
            let (first, last) = (try time(from), try time(to))
            if let first, let last, first > last { throw ValidationError("--from must not be after --to") }
            return (first, last)
        }
    }

    struct Focus: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Spending as FOCUS 1.2 CSV, one row for each kind of tokens.")

        @OptionGroup var options: Options
        @Option(help: "Go on behind the row with this x_Cursor; the header is written again.") var after: String?
        @Option(name: .customLong("tag"), help: "Only calls with this tag: name=value. May be repeated.") var tags: [String] = []

        func run() async throws { try await SpendExport(.focus, options, after: after, tags: tags).run() }
    }

    struct Spend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Spending as plain CSV or JSON lines, one row a settlement.")

        @OptionGroup var options: Options
        @Flag(help: "JSON lines instead of CSV.") var json = false
        @Option(help: "Go on behind the row with this cursor; the header is written again.") var after: String?
        @Option(name: .customLong("tag"), help: "Only calls with this tag: name=value. May be repeated.") var tags: [String] = []

        func run() async throws { try await SpendExport(json ? .json : .csv, options, after: after, tags: tags).run() }
    }

    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The sealed ledger as JSON lines, which `purser verify --file` checks without the database.")

        @OptionGroup var options: Options

        func run() async throws {
            let (from, to) = try options.span()
            try await Installation.withStore(try await Settings.load()) { store in
                let organisation = try await store.organisation(options.org)
                // What was written a moment ago is part of what somebody who asks for an audit expects.
                try await store.sealer.sealDue(isComplete: true)
                var head = try await store.seals.start(of: organisation.id, from: from ?? Timestamp(seconds: 0))
                var output = ExportOutput(unit: "seals")
                try output.write(AuditLines.head(organisation, start: head))
                pages: while true {
                    let page = try await store.seals.page(of: organisation.id, after: head.position)
                    if page.isEmpty { break }
                    for sealed in page {
                        if let to, sealed.entry.sealedAt >= to { break pages }
                        try output.write(AuditLines.entry(sealed), count: 1)
                        head = SealHead(position: sealed.entry.position, digest: sealed.entry.chain, sealedAt: sealed.entry.sealedAt)
                    }
                }
                try output.write(AuditLines.end(head))
                output.finish("up to seal \(head.position), \(Digest.hex(head.digest))")
            }
        }
    }
}
