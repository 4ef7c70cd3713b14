import ArgumentParser
import Ledger
import LedgerStore

/// The price catalogue.
struct Prices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Import model prices.", subcommands: [Import.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Import a price file in LiteLLM's format.")

        @Argument(help: "The file.") var file: String
        @Option(help: "The organisation.") var org = Organisation.defaultName
        @Option(help: "From when on the prices hold, as an RFC 3339 time; at once where it is left out.") var effective: String?

        func run() async throws {
            var from: Timestamp?
            if let effective {
                guard let time = Timestamp(rfc3339: effective) else { throw ValidationError("write a time such as 2026-12-01T00:00:00Z") }
                from = time
            }
            let settings = try await Settings.load()
            let effective = from
            try await Installation.withStore(settings) { store in
                let done = try await PriceFileImport.run(
                    file, effective: effective, organisation: try await store.organisation(org).id, store: store)
                print(
                    "imported \(done.imported), unchanged \(done.unchanged), skipped \(done.skipped), from \(done.effectiveFrom), SHA-256 \(done.checksum)"
                )
            }
        }
    }
}
