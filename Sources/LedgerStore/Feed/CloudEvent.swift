internal import JSON
internal import Ledger

/// Events as others are told of them: CloudEvents 1.0 in the JSON event format, structured mode.
public enum CloudEvent {
    /// One JSON object.
    ///
    /// - Parameter organisation: the name; `source` is the organisation's path in this interface.
    public static func encode(_ entry: FeedEntry, organisation: String) -> [UInt8] {
        encode(entry, organisation: organisation, data: entry.data)
    }

    /// The same with other data, a JSON value: an alert with its details.
    public static func encode(_ entry: FeedEntry, organisation: String, data: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: data.count + 320)
        writer.object { writer in
            writer.name("specversion")
            writer.string("1.0")
            writer.name("id")
            writer.string(entry.event.description)
            writer.name("source")
            writer.string("/v1/orgs/\(organisation)")
            writer.name("type")
            writer.string("purser.\(entry.kind)")
            // CloudEvents 1.0, section "subject": absent, never empty.
            if !entry.envelope.isEmpty {
                writer.name("subject")
                writer.string(entry.envelope)
            }
            writer.name("time")
            writer.string(entry.madeAt.description)
            writer.name("datacontenttype")
            writer.string("application/json")
            writer.name("data")
            writer.raw(data)
        }
        return writer.bytes
    }
}
