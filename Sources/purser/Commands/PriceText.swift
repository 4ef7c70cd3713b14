import Ledger
import LedgerStore

/// How imports and their changes are printed.
enum PriceText {
    static func line(_ outcome: PriceImport) -> String {
        "imported \(outcome.imported), unchanged \(outcome.unchanged), skipped \(outcome.skipped), "
            + "from \(outcome.effectiveFrom), SHA-256 \(outcome.checksum)"
    }

    /// One line a change, then a summary.
    static func text(_ preview: PricePreview) -> String {
        var lines = preview.changes.map { "\($0.model)\n  old: \($0.old.map(price) ?? "none")\n  new: \(price($0.new))" }
        let rest = preview.outcome.imported - preview.changes.count
        if rest > 0 { lines.append("… and \(rest) more") }
        lines.append("dry run, nothing was changed; an import would say: \(line(preview.outcome))")
        return lines.joined(separator: "\n")
    }

    private static func price(_ price: ModelPrice) -> String {
        let tiers = price.tiers.map { tier in "; above \(tier.aboveInputTokens) input tokens: \(rates { tier[$0] })" }
        return rates { price[$0] } + tiers.joined()
    }

    /// Per token, those that are stated.
    private static func rates(_ units: (TokenRate) -> Int64?) -> String {
        TokenRate.allCases.compactMap { kind in units(kind).map { "\(name(kind)) \(ExactDecimal.text($0, scale: ModelPrice.scale))" } }
            .joined(separator: ", ")
    }

    private static func name(_ kind: TokenRate) -> String {
        switch kind {
        case .input: "input"
        case .output: "output"
        case .cachedInput: "cached input"
        case .cacheWrite: "cache write"
        case .reasoning: "reasoning"
        }
    }
}
