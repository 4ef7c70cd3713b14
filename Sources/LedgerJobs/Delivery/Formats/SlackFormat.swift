internal import JSON
internal import Ledger
internal import LedgerStore

/// A message of a Slack incoming webhook: Block Kit, with a plain text for notifications.
enum SlackFormat {
    // What Slack takes, in characters after escaping; see its references of blocks and of message payloads.
    static let headerLength = 150
    static let sectionLength = 3_000
    static let fieldLength = 2_000
    static let textLength = 4_000

    private enum Block {
        case header(String)
        case section(String)
        case fields([String])
        case context(String)
    }

    static func body(_ notice: Notice) -> [UInt8] {
        let headline = NoticeText.headline(notice)
        let state = NoticeText.state(notice).map { " – \($0)" } ?? ""
        var writer = JSONWriter(capacity: 2_048)
        writer.object { writer in
            writer.name("text")
            writer.string(escaped(headline + state, to: textLength))
            writer.name("blocks")
            writer.array(blocks(notice, headline: headline)) { write($1, to: &$0) }
        }
        return writer.bytes
    }

    private static func blocks(_ notice: Notice, headline: String) -> [Block] {
        // The text of a header is plain and shown as it stands.
        var blocks = [Block.header(NoticeText.cut(headline, to: headerLength)), .section(section(notice))]
        let fields = fields(notice)
        if !fields.isEmpty { blocks.append(.fields(fields)) }
        if !notice.spenders.isEmpty { blocks.append(.section(spenders(notice))) }
        if let log = notice.log { blocks.append(.section(steps(log, notice))) }
        blocks.append(.context(context(notice)))
        return blocks
    }

    private static func section(_ notice: Notice) -> String {
        var lines: [String] = []
        if !notice.entry.envelope.isEmpty { lines.append("*Envelope:* \(escaped(notice.entry.envelope, to: 200))") }
        if let key = notice.keyText { lines.append("*Key:* \(escaped(key, to: 800))") }
        if let limit = notice.limit {
            let used = notice.usedPercent.map { "\($0) % of " } ?? ""
            lines.append("*Used:* \(escaped(used + notice.amount(limit), to: 200))")
        }
        if let requested = notice.requested { lines.append("*Asked for:* \(escaped(notice.amount(requested), to: 200))") }
        if let who = NoticeText.caller(notice) { lines.append("*By:* \(escaped(who, to: 600))") }
        if notice.kind == .approvalRequested || notice.kind == .approvalReminded, let approval = notice.related {
            let end = notice.expiresAt.map { " until \(escaped($0, to: 100))" } ?? ""
            lines.append("*To answer\(end):* POST \(escaped(notice.base, to: 400))/v1/approvals/\(escaped(approval, to: 100))/approve or /reject")
        }
        if let owner = notice.owner { lines.append("*Owner:* \(escaped(owner, to: 300))") }
        if !notice.reason.isEmpty { lines.append(escaped(notice.reason, to: 1_200)) }
        return lines.isEmpty ? escaped(NoticeText.headline(notice), to: sectionLength) : lines.joined(separator: "\n")
    }

    private static func fields(_ notice: Notice) -> [String] {
        var fields: [String] = []
        if let burn = notice.burnPerHour { fields.append("*Burn rate*\n\(escaped(notice.amount(burn), to: 200)) an hour") }
        if let end = notice.exhaustedAt {
            fields.append("*Exhausted*\n\(escaped(end, to: 200))")
        } else if notice.burnPerHour != nil {
            fields.append("*Exhausted*\nnot before the window ends\(notice.windowEnd.map { ", \(escaped($0, to: 100))" } ?? "")")
        }
        return fields
    }

    private static func spenders(_ notice: Notice) -> String {
        let lines = notice.spenders.prefix(5).map { spender in
            "• \(escaped(spender.name, to: 200)): \(escaped(notice.amount(spender.amount), to: 100))"
                + (spender.sharePercent.map { " (\(escaped($0, to: 20)) %)" } ?? "")
        }
        return (["*Top spenders*"] + lines).joined(separator: "\n")
    }

    /// The last steps, oldest first: as many of them as one section holds.
    private static func steps(_ log: RunReader.Log, _ notice: Notice) -> String {
        var lines: [String] = []
        // The first line is at most 700 characters long.
        var room = sectionLength - 700
        for step in log.steps.suffix(Notice.briefSteps).reversed() {
            let line = escaped(NoticeText.step(step, currency: notice.currency), to: 400)
            guard line.unicodeScalars.count < room else { break }
            room -= line.unicodeScalars.count + 1
            lines.append(line)
        }
        let run = log.run.map { " of run \(escaped($0, to: 400))" } ?? ""
        let sums = "\(Money(nanos: log.charged.cost)) \(notice.currency), \(log.charged.tokens) tokens"
        return (["*Last \(lines.count) of \(log.count) steps\(run)* (\(sums))"] + lines.reversed()).joined(separator: "\n")
    }

    private static func context(_ notice: Notice) -> String {
        // `<`, `>` and `|` would end the link, blanks as well.
        let link = notice.playbook.flatMap { link in
            link.unicodeScalars.contains { "<>| ".unicodeScalars.contains($0) } ? nil : "<\(escaped(link, to: 1_200))|Playbook> · "
        }
        let others = notice.links.map { "<\(escaped($0.href, to: 800))|\($0.text)> · " }.joined()
        return "\(link ?? "")\(others)\(escaped(notice.organisation, to: 100)) · \(notice.entry.madeAt)"
    }

    private static func write(_ block: Block, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("type")
            switch block {
            case .header(let text):
                writer.string("header")
                writer.name("text")
                self.text(text, "plain_text", to: &writer)
            case .section(let text):
                writer.string("section")
                writer.name("text")
                self.text(NoticeText.cut(text, to: sectionLength), "mrkdwn", to: &writer)
            case .fields(let texts):
                writer.string("section")
                writer.name("fields")
                writer.array(texts) { self.text(NoticeText.cut($1, to: fieldLength), "mrkdwn", to: &$0) }
            case .context(let text):
                writer.string("context")
                writer.name("elements")
                writer.array([text]) { self.text($1, "mrkdwn", to: &$0) }
            }
        }
    }

    private static func text(_ text: String, _ type: String, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("type")
            writer.string(type)
            writer.name("text")
            writer.string(text)
        }
    }

    /// The three characters that Slack reads as control characters, and no more than `length` characters in all. No entity
    /// is cut in two.
    static func escaped(_ text: String, to length: Int) -> String {
        var output = ""
        var count = 0
        for scalar in text.unicodeScalars {
            let piece =
                switch scalar {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                default: String(scalar)
                }
            let size = piece.unicodeScalars.count
            guard count + size < length else { return output + "…" }
            output += piece
            count += size
        }
        return output
    }
}
