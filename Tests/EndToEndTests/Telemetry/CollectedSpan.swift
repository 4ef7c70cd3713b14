import Foundation

/// A span as a collector got it.
struct CollectedSpan {
    let trace: String
    let id: String
    let parent: String?
    let name: String
    let kind: Int
    let start: UInt64
    let end: UInt64
    let attributes: [String: String]
    /// Of the process that sent it.
    let resource: [String: String]

    /// Every span of the requests to a collector; throws where one is not as OTLP writes it.
    static func all(in messages: [Receiver.Message]) throws -> [CollectedSpan] {
        try messages.flatMap { message in
            guard let document = try JSONSerialization.jsonObject(with: Data(message.body.utf8)) as? [String: Any],
                let resources = document["resourceSpans"] as? [[String: Any]]
            else { throw Failure("no resourceSpans: \(message.body.prefix(200))") }
            return try resources.flatMap { resource in
                let own = try Self.attributes((resource["resource"] as? [String: Any])?["attributes"])
                guard let scopes = resource["scopeSpans"] as? [[String: Any]] else { throw Failure("no scopeSpans") }
                return try scopes.flatMap { scope in
                    guard let spans = scope["spans"] as? [[String: Any]] else { throw Failure("no spans") }
                    return try spans.map { try CollectedSpan($0, resource: own) }
                }
            }
        }
    }

    private init(_ span: [String: Any], resource: [String: String]) throws {
        guard let trace = span["traceId"] as? String, let id = span["spanId"] as? String, let name = span["name"] as? String,
            let kind = span["kind"] as? Int, let start = (span["startTimeUnixNano"] as? String).flatMap({ UInt64($0) }),
            let end = (span["endTimeUnixNano"] as? String).flatMap({ UInt64($0) }),
            trace.wholeMatch(of: #/[0-9a-f]{32}/#) != nil, id.wholeMatch(of: #/[0-9a-f]{16}/#) != nil
        else { throw Failure("a span is not well-formed: \(span)") }
        (self.trace, self.id, self.name, self.kind, self.start, self.end) = (trace, id, name, kind, start, end)
        parent = span["parentSpanId"] as? String
        attributes = try Self.attributes(span["attributes"])
        self.resource = resource
    }

    /// Values as text, whatever their type; 64-bit integers must be texts already.
    private static func attributes(_ list: Any?) throws -> [String: String] {
        guard let list = list as? [[String: Any]] else { throw Failure("attributes are no list") }
        var found: [String: String] = [:]
        for entry in list {
            guard let key = entry["key"] as? String, let value = entry["value"] as? [String: Any], value.count == 1, found[key] == nil else {
                throw Failure("an attribute is not well-formed: \(entry)")
            }
            if let text = value["stringValue"] as? String ?? value["intValue"] as? String {
                found[key] = text
            } else if let flag = value["boolValue"] as? Bool {
                found[key] = "\(flag)"
            } else {
                throw Failure("an attribute has an unknown value: \(entry)")
            }
        }
        return found
    }
}
