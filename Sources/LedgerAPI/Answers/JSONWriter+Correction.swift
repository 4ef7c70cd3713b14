internal import JSON
internal import Ledger
internal import LedgerStore

/// Corrections and what they would do.
extension JSONWriter {
    mutating func correction(_ stored: StoredCorrection) {
        object { writer in
            writer.name("id")
            writer.id(stored.id)
            writer.name("number")
            writer.integer(stored.number)
            writer.name("state")
            writer.string(stored.state.rawValue)
            writer.selection(stored.selection)
            writer.name("set")
            writer.tags(stored.tags.set)
            writer.name("remove")
            writer.array(stored.tags.removed) { $0.string($1) }
            writer.name("reason")
            writer.string(stored.reason)
            writer.name("made_at")
            writer.time(stored.madeAt)
            writer.name("made_by")
            writer.string(stored.author)
            writer.name("calls")
            writer.integer(stored.calls)
            writer.name("settlements")
            writer.integer(stored.settlements)
            writer.name("cost")
            writer.money(stored.cost)
            writer.name("tokens")
            writer.integer(stored.tokens)
            writer.name("unchanged")
            writer.integer(stored.unchanged)
            writer.name("progress")
            writer.object { writer in
                writer.name("percent")
                writer.integer(stored.percent)
                writer.name("looked_at")
                writer.integer(stored.lookedAt)
                writer.name("reached")
                writer.time(stored.reachedAt)
            }
            writer.name("applied_at")
            writer.time(stored.appliedAt)
        }
    }

    /// How many calls are named is said, not which: there may be a thousand.
    private mutating func selection(_ selection: CorrectionSelection) {
        var named: Int64?
        var times: (from: Timestamp, to: Timestamp)?
        name("match")
        switch selection {
        case .calls(let calls):
            null()
            named = Int64(calls.count)
        case .matching(let pattern, let from, let to):
            object { $0.pattern(pattern) }
            times = (from, to)
        }
        name("from")
        time(times?.from)
        name("to")
        time(times?.to)
        name("named")
        integer(named)
    }

    private mutating func pattern(_ pattern: TagPattern) {
        for part in pattern.parts {
            name(part.name)
            switch part.matcher {
            case nil: null()
            case .anyOf(let matchers): array(matchers.flatMap(\.texts)) { $0.string($1) }
            case .some(let matcher): string(matcher.texts.first)
            }
        }
    }

    mutating func preview(_ preview: CorrectionPreview, of correction: TagCorrection) {
        object { writer in
            writer.name("dry_run")
            writer.bool(true)
            writer.name("complete")
            writer.bool(preview.reachedAt == nil)
            writer.name("reached")
            writer.time(preview.reachedAt)
            writer.name("looked_at")
            writer.integer(preview.lookedAt)
            writer.sums(preview.totals)
            writer.name("unchanged")
            writer.integer(preview.unchanged)
            writer.name("groups")
            writer.array(preview.groups) { writer, group in
                writer.object { writer in
                    writer.name("before")
                    writer.object { $0.values(group.before, of: correction) }
                    writer.name("after")
                    writer.object { $0.values(group.after, of: correction) }
                    writer.sums(group.sums)
                }
            }
            writer.name("other_groups")
            writer.object { $0.sums(preview.others) }
            writer.name("not_corrected")
            writer.array(preview.faults) { writer, fault in
                writer.object { writer in
                    writer.name("call")
                    writer.id(fault.call)
                    writer.name("reason")
                    writer.string(fault.reason.rawValue)
                }
            }
        }
    }

    private mutating func sums(_ sums: CorrectionPreview.Sums) {
        name("calls")
        integer(sums.calls)
        name("settlements")
        integer(sums.settlements)
        name("cost")
        money(sums.cost)
        name("tokens")
        integer(sums.tokens)
    }

    /// The tags that the correction speaks of; null where they are absent.
    private mutating func values(_ tags: Tags, of correction: TagCorrection) {
        for tag in correction.names {
            name(tag)
            string(tags[tag])
        }
    }
}
