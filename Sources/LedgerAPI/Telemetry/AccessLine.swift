internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore
internal import Telemetry

/// One line of the access log: what was asked and what came of it, without bodies, queries, headers or keys.
enum AccessLine {
    static func write(
        method: String, route: String, status: Int, after duration: Duration, _ facts: RequestNotes.Facts, _ context: PurserContext,
        trace: TraceContext?
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 320)
        writer.object { writer in
            writer.name("time")
            writer.time(WallClock.now)
            writer.name("method")
            writer.string(method)
            writer.name("route")
            writer.string(route)
            writer.name("status")
            writer.integer(Int64(status))
            writer.name("duration_us")
            writer.integer(duration.nanoseconds / 1_000)
            if let organisation = facts.organisation {
                writer.name("org")
                writer.string(organisation)
            }
            if let key = facts.key {
                writer.name("key_id")
                writer.id(key.id)
            }
            if let problem = facts.problem {
                writer.name("problem")
                writer.string(problem)
            }
            writer.name("request_id")
            writer.string(context.id)
            if let trace {
                writer.name("trace_id")
                writer.string(trace.trace.description)
            }
        }
        return writer.bytes
    }
}
