import Foundation
import Ledger
import LedgerStore

/// What a start finds or makes: the organisation `default` with an admin key, its policy and its prices.
struct FirstStart {
    let store: Store
    let settings: Settings

    func run() async throws -> Welcome {
        var welcome = Welcome()
        let organisation = try await organisation(&welcome)
        if let directory = settings.policyDirectory {
            do {
                let files = try PolicyFolder.read(directory)
                _ = try await store.policies.applyIfChanged(files, author: "start", message: "from \(directory)", organisation: organisation.id)
            } catch let error as PolicyError {
                throw SettingsError("the policy in \(directory) has errors:\n" + error.issues.map { "  \($0)" }.joined(separator: "\n"))
            }
        }
        if let path = settings.pricesFile { try await importPrices(path, organisation: organisation.id) }
        let state = try await store.organisations.current(organisation.name)
        welcome.envelope = state?.policy.envelopes.first?.name
        welcome.hasSampleModel = state?.prices.price(of: Welcome.sampleModel, at: store.clock.now()) != nil
        return welcome
    }

    private func importPrices(_ path: String, organisation: Identifier) async throws {
        let file = try PriceFileImport.read(path)
        let prices = PriceFileImport(store: store, organisation: organisation)
        // A start that finds the prices of the file in force leaves no import behind.
        guard try await prices.preview(file).outcome.imported > 0 else { return }
        _ = try await prices.run(file, author: "start")
    }

    private func organisation(_ welcome: inout Welcome) async throws -> Organisation {
        let name = Organisation.defaultName
        let chosen = try chosenKey()
        if let known = try await store.organisations.find(name) {
            if let chosen {
                guard try await store.keys.ensureAdmin(chosen, organisation: known) else {
                    throw SettingsError("PURSER_ADMIN_KEY is a key that was revoked or is no admin key; set another one")
                }
                welcome.keyText = "$PURSER_ADMIN_KEY"
            }
            return known
        }
        let generated = KeyText.generate(organisation: name)
        guard let key = chosen ?? KeyText(generated) else { throw SettingsError("no admin key could be made") }
        guard let made = try await store.organisations.create(name: name, currency: "USD", adminKey: key) else {
            // Another replica was first.
            return try await organisation(&welcome)
        }
        welcome.keyText = chosen == nil ? generated : "$PURSER_ADMIN_KEY"
        welcome.newKey = chosen == nil ? generated : nil
        return made
    }

    private func chosenKey() throws -> KeyText? {
        guard let text = settings.adminKey else { return nil }
        let prefix = "pk_\(Organisation.defaultName)_"
        guard let key = KeyText(text), text.hasPrefix(prefix), text.utf8.count >= prefix.utf8.count + KeyText.minimumSecretLength else {
            throw SettingsError("PURSER_ADMIN_KEY must be \(prefix) and at least \(KeyText.minimumSecretLength) visible ASCII characters")
        }
        return key
    }
}
