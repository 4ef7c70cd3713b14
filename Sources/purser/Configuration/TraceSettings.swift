import Foundation
import Telemetry

/// Where traces go, by the environment variables of OpenTelemetry.
///
/// | variable | default |
/// | --- | --- |
/// | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | `OTEL_EXPORTER_OTLP_ENDPOINT` with `/v1/traces` behind it; without both nothing is traced |
/// | `OTEL_SERVICE_NAME` | `purser` |
/// | `OTEL_RESOURCE_ATTRIBUTES` | none; `name=value,…` |
/// | `OTEL_EXPORTER_OTLP_TRACES_HEADERS`, `OTEL_EXPORTER_OTLP_HEADERS` | none; `name=value,…`, values percent-encoded |
/// | `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT`, `OTEL_EXPORTER_OTLP_TIMEOUT` | 10,000 milliseconds |
/// | `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`, `OTEL_EXPORTER_OTLP_PROTOCOL` | `http/json`, and no other: a collector that takes `http/protobuf` takes this too |
/// | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | `parentbased_always_on` |
/// | `OTEL_TRACES_EXPORTER` | `otlp`; `none`: nothing is traced |
/// | `OTEL_SDK_DISABLED` | false |
struct TraceSettings {
    let exporter: SpanExporter.Options
    let sampler: TraceSampler

    /// Nil: nothing is traced.
    static func load(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> TraceSettings? {
        // An empty variable is one that is not set.
        let environment = environment.filter { !$0.value.isEmpty }
        guard environment["OTEL_SDK_DISABLED"]?.lowercased() != "true", let endpoint = try endpoint(environment) else { return nil }
        switch environment["OTEL_TRACES_EXPORTER"] {
        case nil, "otlp": break
        case "none": return nil
        case let other?: throw SettingsError("OTEL_TRACES_EXPORTER is '\(other)'; it may be otlp or none")
        }
        func own(_ name: String) -> (name: String, value: String)? {
            ["OTEL_EXPORTER_OTLP_TRACES_\(name)", "OTEL_EXPORTER_OTLP_\(name)"].lazy.compactMap { key in environment[key].map { (key, $0) } }.first
        }
        if let (name, value) = own("PROTOCOL"), !["http/json", "http/protobuf"].contains(value) {
            throw SettingsError("\(name) is '\(value)'; traces are sent as http/json")
        }
        var milliseconds = 10_000
        if let (name, value) = own("TIMEOUT") {
            guard let number = Int(value), (1...60_000).contains(number) else {
                throw SettingsError("\(name) is '\(value)'; it may be 1 to 60000 milliseconds")
            }
            milliseconds = number
        }
        let service = environment["OTEL_SERVICE_NAME"] ?? "purser"
        let resource = try pairs("OTEL_RESOURCE_ATTRIBUTES", environment["OTEL_RESOURCE_ATTRIBUTES"]).filter { $0.name != "service.name" }
        let headers = try own("HEADERS").map { try pairs($0.name, $0.value) } ?? []
        return TraceSettings(
            exporter: SpanExporter.Options(
                endpoint: endpoint, headers: headers, timeout: .milliseconds(milliseconds), resource: [("service.name", service)] + resource),
            sampler: try sampler(environment))
    }

    private static func endpoint(_ environment: [String: String]) throws -> String? {
        let name: String
        let text: String
        if let traces = environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] {
            (name, text) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", traces)
        } else if let base = environment["OTEL_EXPORTER_OTLP_ENDPOINT"] {
            (name, text) = ("OTEL_EXPORTER_OTLP_ENDPOINT", base + (base.hasSuffix("/") ? "" : "/") + "v1/traces")
        } else {
            return nil
        }
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme), url.host?.isEmpty == false else {
            throw SettingsError("\(name) must be an http or https URL")
        }
        return text
    }

    private static func sampler(_ environment: [String: String]) throws -> TraceSampler {
        let name = environment["OTEL_TRACES_SAMPLER"] ?? "parentbased_always_on"
        guard let sampler = TraceSampler(name: name, argument: environment["OTEL_TRACES_SAMPLER_ARG"]) else {
            throw SettingsError(
                "OTEL_TRACES_SAMPLER is '\(name)'; it may be \(TraceSampler.names.joined(separator: ", ")), with a share of 0 to 1 in OTEL_TRACES_SAMPLER_ARG"
            )
        }
        return sampler
    }

    /// `name=value,…`. The values may be secrets, so that an error shows none.
    private static func pairs(_ variable: String, _ text: String?) throws -> [(name: String, value: String)] {
        try (text ?? "").split(separator: ",").map { entry in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, !parts[0].isEmpty, let value = parts[1].removingPercentEncoding,
                value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
            else { throw SettingsError("\(variable) must be written name=value,name=value, with percent-encoded values") }
            return (parts[0], value)
        }
    }
}
