internal import JSON
public import Ledger

/// One thing that spoke against a call, as its fact keeps it.
public struct RunVerdict: Sendable {
    public enum Kind: String, Sendable {
        /// An envelope's plan.
        case envelope
        /// An open circuit breaker; the name is the suspension's id.
        case suspension
        /// An envelope that was frozen.
        case frozen
        /// A rule on models or tools, or the lack of an envelope or a route.
        case rule
        /// What was wrong with the call itself: a tag, a model.
        case input
    }

    public let kind: Kind
    public let name: String
    /// Of an envelope's plan: `refuse` or `require_approval`, and `limit` or `per_call`.
    public private(set) var action: String?
    public private(set) var rule: String?
    public private(set) var balance: Identifier?
    public private(set) var limit: Int64?
    public private(set) var held: Int64?
    public private(set) var spent: Int64?
    public private(set) var requested: Int64?
    /// Whose balance it is; nil where that is not known any more.
    public internal(set) var identity: BalanceIdentity?

    private init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// A JSON array of a refusal; what cannot be read is left out.
    static func decode(_ bytes: [UInt8]) -> [RunVerdict] {
        var verdicts: [RunVerdict] = []
        bytes.withUnsafeBufferPointer { bytes in
            try? JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.array { reader throws(JSONError) in
                    if reader.isAtString {
                        verdicts.append(RunVerdict(kind: .input, name: try reader.string()))
                    } else if let verdict = try object(&reader) {
                        verdicts.append(verdict)
                    }
                }
            }
        }
        return verdicts
    }

    private static func object(_ reader: inout JSONReader) throws(JSONError) -> RunVerdict? {
        var texts: [String: String] = [:]
        var numbers: [String: Int64] = [:]
        try reader.dictionary { name, _, reader throws(JSONError) in
            if reader.isAtString {
                texts[name] = try reader.string()
            } else if reader.isAtNumber {
                numbers[name] = Int64(try reader.number())
            } else {
                try reader.skip()
            }
        }
        if let envelope = texts["envelope"] {
            var verdict = RunVerdict(kind: .envelope, name: envelope)
            verdict.action = texts["action"]
            verdict.rule = texts["rule"]
            verdict.balance = texts["balance"].flatMap { Identifier($0) }
            verdict.limit = numbers["limit"]
            verdict.held = numbers["held"]
            verdict.spent = numbers["spent"]
            verdict.requested = numbers["requested"]
            return verdict
        }
        if let suspension = texts["suspension"] { return RunVerdict(kind: .suspension, name: suspension) }
        if let envelope = texts["frozen"] { return RunVerdict(kind: .frozen, name: envelope) }
        return texts["rule"].map { RunVerdict(kind: .rule, name: $0) }
    }
}
