import Foundation
import Ledger
import LedgerStore

/// A month of spending that never happened: direct charges of a company of 200 agents, as rows for `COPY … FROM STDIN`, so that
/// reports and exports can be measured on full tables. They touch no balance. The same arguments always give the same rows.
struct BenchSpending {
    enum Table: String, CaseIterable {
        case settlements, batches
        /// What the roll-up still has to add.
        case unrolledBatches = "unrolled_batches"
    }

    private static let batchSize = 256
    private static let models = ["gpt-5", "gpt-5-mini", "claude-sonnet-4-5"]

    let organisation: Identifier
    let count: Int
    let from: Timestamp
    let to: Timestamp

    func write(_ table: Table, to output: FileHandle) throws {
        var rows = CopyRows(output)
        for start in stride(from: 0, to: count, by: Self.batchSize) {
            let numbers = start..<min(start + Self.batchSize, count)
            switch table {
            case .settlements: for number in numbers { rows.add(settlement(number)) }
            case .batches: rows.add(batch(numbers))
            case .unrolledBatches:
                let at = time(numbers.upperBound - 1)
                rows.add([organisation.description, batchID(at).description, at.description, "\(numbers.count)"])
            }
        }
        rows.flush()
    }

    private func time(_ number: Int) -> Timestamp {
        Timestamp(microseconds: from.microseconds + Int64(Double(to.microseconds - from.microseconds) / Double(count) * Double(number)))
    }

    private func id(_ number: Int) -> Identifier {
        Identifier.version7(at: time(number), sequence: UInt8(number & 255), random: Self.mixed(number))
    }

    private func batchID(_ at: Timestamp) -> Identifier { Identifier.version7(at: at, sequence: .max, random: Self.mixed(Int(at.microseconds))) }

    /// The first step of SplitMix64 (Steele, Lea, Flood 2014).
    private static func mixed(_ number: Int) -> UInt64 {
        var word = UInt64(bitPattern: Int64(number)) &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private func batch(_ numbers: Range<Int>) -> [String] {
        let at = time(numbers.upperBound - 1)
        let ids = numbers.map { id($0).description }.joined(separator: ",")
        let kinds = numbers.map { _ in "direct" }.joined(separator: ",")
        return [organisation.description, batchID(at).description, at.description, "1", "{}", "{\(ids)}", "{\(kinds)}", "{}"]
    }

    private func settlement(_ number: Int) -> [String] {
        let die = Self.mixed(number)
        let agent = Int(die % 200)
        let model = Self.models[Int((die >> 20) % 3)]
        let input = 200 + Int((die >> 24) % 4_000)
        let output = 50 + Int((die >> 40) % 900)
        let cost = Int64(input) * 1_250 + Int64(output) * 10_000
        let tags =
            "{\"agent_id\":\"agent-\(agent)\",\"cost_center\":\"cc-\(agent % 5)\",\"environment\":\"production\",\"run_id\":\"run-\(number / 12)\","
            + "\"team_id\":\"team-\(agent % 12)\",\"workflow_name\":\"workflow-\(agent % 20)\"}"
        let at = time(number).description
        return [
            organisation.description, id(number).description, "direct", at, at, "committed", "\\N", "1", "\\N", model, "\\N", tags, "\(input)",
            "\(output)", "0", "0", "0", "\\N", "provider", "ok", "\(300 + input % 700)", "\\N", "\\N", "\\N", "\\N", "\(cost)", "\(input + output)",
            "1", "0", "{}", "{}", "{}", "{}", "{}", "{}", "{}", "{}",
        ]
    }
}
