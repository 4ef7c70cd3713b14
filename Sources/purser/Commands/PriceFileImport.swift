import Foundation
import Ledger
import LedgerStore

/// Imports a price file from the disk.
struct PriceFileImport {
    let store: Store
    let organisation: Identifier
    /// Nil: from now on.
    var effective: Timestamp?

    /// - Parameters:
    ///   - rate: what one unit of the file's currency is worth in the organisation's.
    ///   - pinned: the hash that the file must have; nil: any.
    static func read(_ path: String, rate: ExchangeRate = .one, pinned: ContentHash? = nil) throws -> PriceFile {
        guard let data = FileManager.default.contents(atPath: path) else { throw SettingsError("cannot read \(path)") }
        do throws(PriceFileError) {
            return try PriceFile(Array(data), rate: rate, pinned: pinned)
        } catch {
            throw SettingsError("\(path): \(error)")
        }
    }

    func run(_ file: PriceFile, author: String) async throws -> PriceImport {
        guard let done = try await store.prices.add(file, effective: effective, author: author, organisation: organisation) else {
            throw Self.past
        }
        return done
    }

    /// Finds out what `run` would do.
    func preview(_ file: PriceFile) async throws -> PricePreview {
        guard let preview = try await store.prices.preview(file, effective: effective, organisation: organisation) else { throw Self.past }
        return preview
    }

    private static let past = SettingsError("a price cannot take effect in the past, since calls were priced by then")
}
