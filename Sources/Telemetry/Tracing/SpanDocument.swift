internal import JSON
internal import Tracing

/// Spans as OTLP/HTTP carries them in JSON (opentelemetry-proto 1.x, `ExportTraceServiceRequest`).
struct SpanDocument {
    private var writer = JSONWriter(capacity: 65_536)

    static func encode(_ spans: [FinishedSpan], resource: [(name: String, value: String)], scope: String) -> [UInt8] {
        var document = SpanDocument()
        document.writer.object { writer in
            writer.name("resourceSpans")
            writer.array(CollectionOfOne(())) { writer, _ in
                writer.object { writer in
                    writer.name("resource")
                    writer.object { writer in
                        writer.name("attributes")
                        writer.array(resource) { writer, attribute in Self.attribute(attribute.name, .string(attribute.value), &writer) }
                    }
                    writer.name("scopeSpans")
                    writer.array(CollectionOfOne(())) { writer, _ in
                        writer.object { writer in
                            writer.name("scope")
                            writer.object { writer in
                                writer.name("name")
                                writer.string(scope)
                            }
                            writer.name("spans")
                            writer.array(spans) { Self.span($1, &$0) }
                        }
                    }
                }
            }
        }
        return document.writer.bytes
    }

    private static func span(_ span: FinishedSpan, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("traceId")
            writer.string(span.context.trace.description)
            writer.name("spanId")
            writer.string(Hexadecimal.text(span.context.span))
            if span.parent != 0 {
                writer.name("parentSpanId")
                writer.string(Hexadecimal.text(span.parent))
            }
            if let state = span.context.state {
                writer.name("traceState")
                writer.string(state)
            }
            writer.name("name")
            writer.string(span.name)
            writer.name("kind")
            writer.integer(number(of: span.kind))
            writer.name("startTimeUnixNano")
            writer.string("\(span.startNanoseconds)")
            writer.name("endTimeUnixNano")
            writer.string("\(span.endNanoseconds)")
            writer.name("attributes")
            attributes(span.attributes, &writer)
            if !span.events.isEmpty { events(span.events, &writer) }
            if !span.links.isEmpty { links(span.links, &writer) }
            status(span, &writer)
        }
    }

    private static func status(_ span: FinishedSpan, _ writer: inout JSONWriter) {
        writer.name("status")
        writer.object { writer in
            guard span.isError else { return }
            writer.name("code")
            writer.integer(2)
            guard let message = span.message else { return }
            writer.name("message")
            writer.string(message)
        }
    }

    private static func events(_ events: [SpanEvent], _ writer: inout JSONWriter) {
        writer.name("events")
        writer.array(events) { writer, event in
            writer.object { writer in
                writer.name("timeUnixNano")
                writer.string("\(event.nanosecondsSinceEpoch)")
                writer.name("name")
                writer.string(event.name)
                writer.name("attributes")
                attributes(event.attributes, &writer)
            }
        }
    }

    private static func links(_ links: [TraceContext], _ writer: inout JSONWriter) {
        writer.name("links")
        writer.array(links) { writer, link in
            writer.object { writer in
                writer.name("traceId")
                writer.string(link.trace.description)
                writer.name("spanId")
                writer.string(Hexadecimal.text(link.span))
            }
        }
    }

    private static func attributes(_ attributes: SpanAttributes, _ writer: inout JSONWriter) {
        var all: [(String, SpanAttribute)] = []
        attributes.forEach { all.append(($0, $1)) }
        writer.array(all.sorted { $0.0 < $1.0 }) { writer, entry in attribute(entry.0, entry.1, &writer) }
    }

    private static func attribute(_ name: String, _ value: SpanAttribute, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("key")
            writer.string(name)
            writer.name("value")
            writer.object { writer in
                switch value {
                case .int32(let number): integer(Int64(number), &writer)
                case .int64(let number): integer(number, &writer)
                case .bool(let flag):
                    writer.name("boolValue")
                    writer.bool(flag)
                case .double(let number) where number.isFinite:
                    writer.name("doubleValue")
                    writer.raw("\(number)".utf8)
                case .stringArray(let texts):
                    writer.name("arrayValue")
                    writer.object { writer in
                        writer.name("values")
                        writer.array(texts) { writer, text in writer.object { string(text, &$0) } }
                    }
                case .string(let text): string(text, &writer)
                case .stringConvertible(let value): string("\(value)", &writer)
                default: string("\(value)", &writer)
                }
            }
        }
    }

    private static func string(_ text: String, _ writer: inout JSONWriter) {
        writer.name("stringValue")
        writer.string(text)
    }

    /// 64-bit integers are strings in the JSON of protocol buffers.
    private static func integer(_ number: Int64, _ writer: inout JSONWriter) {
        writer.name("intValue")
        writer.string("\(number)")
    }

    private static func number(of kind: SpanKind) -> Int64 {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
