import Foundation

/// A file that a policy is written to.
struct PolicyTarget {
    let path: String

    /// Makes the folder of the file, and finds out what would be in the way of writing it, before work is done for it.
    ///
    /// - Throws: `SettingsError` where it cannot be written.
    init(_ path: String) throws {
        self.path = path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw SettingsError("the folder \(folder) for the policy cannot be made")
        }
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isThere, isFolder.boolValue { throw SettingsError("\(path) is a folder; name a file in it for the policy") }
        guard FileManager.default.isWritableFile(atPath: isThere ? path : folder) else { throw fault }
    }

    func write(_ text: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw fault
        }
    }

    private var fault: SettingsError { SettingsError("the policy cannot be written to \(path)") }
}
