import Foundation
import LedgerStore
import Testing

@Suite struct CrashProbe {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PROBE"] != nil)) func probe() throws {
        let which = ProcessInfo.processInfo.environment["PROBE"] ?? ""
        var text = ""
        switch which {
        case "flow": text = String(repeating: "[", count: 100_000)
        case "flow2": text = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        case "flow3": text = String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)
        case "block": text = (0..<3_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        case "seq": text = String(repeating: "- ", count: 200_000) + "a"
        case "json": text = String(repeating: "{\"a\":", count: 30_000) + "1" + String(repeating: "}", count: 30_000)
        case "keybomb":
            text =
                "a0: &a0 [x, x]\n"
                + (1...Int(ProcessInfo.processInfo.environment["N"] ?? "10")!).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
                + "? *a5\n: x\n? *a\(ProcessInfo.processInfo.environment["N"] ?? "10")\n: y\n"
        case "bomb":
            text = "a0: &a0 [x, x]\n" + (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
        case "merge": text = "a0: &a0 {x: 1}\n" + (1...30).map { "a\($0): &a\($0) {<<: [*a\($0 - 1), *a\($0 - 1)]}\n" }.joined()
        case "self": text = "a: &a [*a]\n"
        case "many": text = "envelopes:\n" + String(repeating: "  - 1\n", count: 300_000)
        default: break
        }
        let start = Date()
        do { _ = try PolicyYAML.read(text, version: 0); print("PROBE \(which) fine") } catch { print("PROBE \(which) \("\(error)".prefix(200))") }
        print("PROBE took", Date().timeIntervalSince(start))
    }
}
