import Foundation
import JSON
import Ledger
import LedgerStore

/// Imports a price file from the disk.
enum PriceFileImport {
    static func run(_ path: String, effective: Timestamp?, organisation: Identifier, store: Store) async throws -> PriceImport {
        guard let data = FileManager.default.contents(atPath: path) else { throw SettingsError("cannot read \(path)") }
        let file: PriceFile
        do throws(JSONError) {
            file = try PriceFile(Array(data))
        } catch {
            throw SettingsError("\(path), byte \(error.offset): \(error.detail)")
        }
        guard let done = try await store.prices.add(file, effective: effective, organisation: organisation) else {
            throw SettingsError("a price cannot take effect in the past, since calls were priced by then")
        }
        return done
    }
}
