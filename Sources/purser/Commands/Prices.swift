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
        @Option(name: .customLong("sha256"), help: "The SHA-256 that the file must have; nothing is imported from another one.")
        var pinned: String?
        @Option(help: "What one unit of the file's currency is worth in the organisation's; the prices are multiplied by it.") var rate = "1"
        @Flag(help: "Show what would change, and change nothing.") var dryRun = false

        func run() async throws {
            let from = try time()
            let read = try PriceFileImport.read(file, rate: try exchangeRate(), pinned: try contentHash())
            let settings = try await Settings.load()
            try await Installation.withStore(settings) { store in
                let organisation = try await store.organisation(org).id
                let prices = PriceFileImport(store: store, organisation: organisation, effective: from)
                if dryRun {
                    print(PriceText.text(try await prices.preview(read)))
                } else {
                    print(PriceText.line(try await prices.run(read, author: "command line")))
                }
            }
        }

        private func time() throws -> Timestamp? {
            guard let effective else { return nil }
            guard let time = Timestamp(rfc3339: effective) else { throw ValidationError("write a time such as 2026-12-01T00:00:00Z") }
            return time
        }

        private func contentHash() throws -> ContentHash? {
            guard let pinned else { return nil }
            guard let hash = ContentHash(hex: pinned) else { throw ValidationError("write --sha256 as 64 hexadecimal digits") }
            return hash
        }

        private func exchangeRate() throws -> ExchangeRate {
            guard let rate = ExchangeRate(rate) else {
                throw ValidationError("write --rate as a decimal above 0, at most 1000000, with at most nine decimals, such as 0.92")
            }
            return rate
        }
    }
}
