import Foundation

/// What a run of these tests can be told from outside.
enum Options {
    /// The same seed makes the same random choices.
    static let seed: UInt64 = number("PURSER_E2E_SEED").flatMap(UInt64.init(exactly:)) ?? .random(in: 0...999_999)

    static let operations = number("PURSER_E2E_OPERATIONS") ?? 10_000

    /// The root of the package, in which the sample policy and prices are.
    static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The program that is tested.
    static func binary() throws -> String {
        if let path = ProcessInfo.processInfo.environment["PURSER_BINARY"] { return path }
        for start in [CommandLine.arguments[0]] + Bundle.allBundles.map(\.bundlePath) {
            var folder = URL(fileURLWithPath: start)
            for _ in 0..<5 {
                folder.deleteLastPathComponent()
                let path = folder.appendingPathComponent("purser").path
                if isProgram(path) { return path }
            }
        }
        throw Failure("there is no purser beside the tests: build it, or name it in PURSER_BINARY")
    }

    private static func isProgram(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
