import Foundation
import LedgerStore

/// The policy files of a folder, in the order of their names.
enum PolicyFolder {
    static func read(_ directory: String) throws -> [PolicyFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder) else {
            throw SettingsError("there is no folder \(directory)")
        }
        guard isFolder.boolValue else { throw SettingsError("\(directory) is a file; give the folder that it is in") }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") || $0.hasSuffix(".json") }.sorted()
        guard !names.isEmpty else { throw SettingsError("\(directory) has no policy files (*.yaml, *.yml, *.json)") }
        return try names.map { name in
            guard let text = try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8) else {
                throw SettingsError("cannot read \(directory)/\(name)")
            }
            return PolicyFile(name: name, text: text)
        }
    }
}
