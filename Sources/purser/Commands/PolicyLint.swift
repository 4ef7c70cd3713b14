import ArgumentParser
import Foundation
import JSON
import Ledger
import LedgerStore

/// Checks a policy, and the tags of a call against it, without a database.
struct PolicyLint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check a folder of policy files. Exits with 1 if anything is wrong.")

    @Argument(help: "The folder, not one of its files.") var directory: String
    @Option(help: "A price file in LiteLLM's format; models of the routes without a price in it are errors.") var prices: String?
    @Option(help: "A JSON file with the tags of a call, which are checked too.") var tags: String?

    func run() async throws {
        let files = try PolicyFolder.read(directory)
        let reading: PolicyReading
        do throws(PolicyError) {
            reading = try PolicyYAML.read(files, version: 0)
        } catch {
            for issue in error.issues { print("\(directory)/\(issue)") }
            throw ExitCode(1)
        }
        for warning in reading.warnings { print("warning: \(directory)/\(warning)") }
        var faults: [String] = []
        if let prices { faults += try unpriced(reading.models, in: prices) }
        if let tags { faults += try wrongTags(reading.policy.tagRules, in: tags) }
        for fault in faults { print(fault) }
        if !faults.isEmpty { throw ExitCode(1) }
        print("\(reading.policy.envelopes.count) envelopes, nothing wrong")
    }

    private func unpriced(_ models: [PolicyReading.Place], in path: String) throws -> [String] {
        let file = try PriceFileImport.read(path)
        return models.filter { file.prices[$0.name] == nil }.map { place in
            let issue = PolicyIssue(
                file: place.file, pointer: place.pointer, line: place.line,
                detail: "\(path) has no price for '\(place.name)'; add one, or take the model out")
            return "\(directory)/\(issue)"
        }
    }

    private func wrongTags(_ rules: TagRules, in path: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { throw SettingsError("cannot read \(path)") }
        let tags: Tags
        do throws(JSONError) {
            tags = try TagFile.read(Array(data))
        } catch {
            throw SettingsError("\(path), byte \(error.offset): \(error.detail)")
        }
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        return rules.faults(in: tags, at: now).map { fault in
            switch fault {
            case .missing(let names) where names.count == 1: "\(path): the tag \(names[0]) is missing"
            case .missing(let names): "\(path): one of the tags \(names.joined(separator: ", ")) is missing"
            case .value(let name, let allowed): "\(path): \(name) must be one of \(allowed.joined(separator: ", "))"
            }
        }
    }
}
