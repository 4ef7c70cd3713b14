internal import JSON
internal import Ledger
internal import LedgerStore

/// Imports of logs.
extension JSONWriter {
    mutating func imported(_ stored: StoredImport) {
        let counts = stored.counts
        object { writer in
            writer.name("id")
            writer.string(stored.id?.description)
            writer.name("name")
            writer.string(stored.name)
            writer.name("format")
            writer.string(stored.format.rawValue)
            writer.name("state")
            writer.string(stored.state.rawValue)
            for (name, count) in [
                ("lines", counts.lines), ("taken", counts.taken), ("resumed", counts.resumed), ("already_there", counts.alreadyThere),
                ("refused", counts.refused), ("passed_over", counts.passedOver), ("unpriced", counts.unpriced),
            ] {
                writer.name(name)
                writer.integer(count)
            }
            writer.name("cost")
            writer.string(counts.cost.description)
            writer.name("tokens")
            writer.integer(counts.tokens)
            writer.name("first_at")
            writer.string(counts.first?.description)
            writer.name("last_at")
            writer.string(counts.last?.description)
            writer.name("ignored_fields")
            writer.array(stored.ignored) { $0.string($1) }
            writer.name("refused_lines")
            writer.array(stored.refusals) { $0.refusedLine($1) }
            writer.name("failure")
            writer.string(stored.failure)
            writer.name("author")
            writer.string(stored.author)
            writer.name("began_at")
            writer.time(stored.beganAt)
            writer.name("updated_at")
            writer.time(stored.touchedAt)
            writer.name("finished_at")
            writer.string(stored.finishedAt?.description)
        }
    }

    mutating func refusedLine(_ line: RefusedLine) {
        object { writer in
            writer.name("line")
            writer.integer(line.line)
            writer.name("place")
            writer.string(line.place)
            writer.name("reason")
            writer.string(line.reason)
        }
    }
}
