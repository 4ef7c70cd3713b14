internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore

/// The answers of the hot routes. A replay writes the same bytes from the facts.
enum ReservationAnswer {
    static func created(_ hold: AdmittedHold, replayed: Bool = false) -> Response {
        var headers = replayHeaders(replayed)
        headers[.location] = "/v1/reservations/\(hold.id)"
        return Answer.json(.created, headers: headers, capacity: 384 + 384 * hold.balances.count) { write(hold, to: &$0) }
    }

    static func write(_ hold: AdmittedHold, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("id")
            writer.id(hold.id)
            writer.name("state")
            writer.string("held")
            writer.name("decision")
            writer.string(hold.decision)
            writer.name("model")
            writer.string(hold.model)
            writer.name("reason")
            writer.string(hold.reason)
            writer.name("held")
            writer.amounts(hold.held)
            writer.name("expires_at")
            writer.time(hold.expiresAt)
            writer.name("envelopes")
            writer.array(hold.balances) { $0.envelope($1) }
            writer.shadows(hold.shadows)
        }
    }

    static func committed(_ settled: SettledHold, replayed: Bool = false) -> Response {
        Answer.json(headers: replayHeaders(replayed), capacity: 512 + 384 * settled.balances.count) { writer in
            writer.object { writer in
                writer.settledHead(settled)
                writer.name("returned")
                writer.amounts(settled.returned)
                writer.name("overrun")
                writer.amounts(settled.overrun)
                writer.name("late")
                writer.bool(settled.late)
                writer.name("envelopes")
                writer.array(settled.balances) { $0.envelope($1) }
            }
        }
    }

    static func released(_ settled: SettledHold, replayed: Bool = false) -> Response {
        Answer.json(headers: replayHeaders(replayed)) { writer in
            writer.object { writer in
                writer.name("id")
                writer.id(settled.id)
                writer.name("state")
                writer.string(settled.state.rawValue)
                writer.name("returned")
                writer.amounts(settled.returned)
                writer.name("envelopes")
                writer.array(settled.balances) { $0.envelope($1) }
            }
        }
    }

    static func charged(_ settled: SettledHold, replayed: Bool = false) -> Response {
        Answer.json(.created, headers: replayHeaders(replayed)) { writer in
            writer.object { writer in
                writer.settledHead(settled)
                writer.name("overrun")
                writer.amounts(settled.overrun)
                writer.name("envelopes")
                writer.array(settled.balances) { $0.envelope($1) }
            }
        }
    }

    static func extended(_ id: Identifier, until: Timestamp) -> Response {
        Answer.json { writer in
            writer.object { writer in
                writer.name("id")
                writer.id(id)
                writer.name("state")
                writer.string("held")
                writer.name("expires_at")
                writer.time(until)
            }
        }
    }

    private static func replayHeaders(_ replayed: Bool) -> HTTPFields {
        replayed ? [.idempotentReplayed: "true"] : [:]
    }
}

extension JSONWriter {
    fileprivate mutating func settledHead(_ settled: SettledHold) {
        name("id")
        id(settled.id)
        name("state")
        string(settled.state.rawValue)
        name("charged")
        amounts(settled.charged)
    }
}
