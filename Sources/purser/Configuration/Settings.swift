import Configuration
import Foundation
import LedgerAPI
import Logging
import OIDC
import SystemPackage
import Yams

/// What can be set for the whole installation: by flag, else by environment, else in a YAML file. Unknown names are
/// refused.
///
/// | environment | file (below `purser:`) | default |
/// | --- | --- | --- |
/// | `DATABASE_URL` | `databaseUrl` | the managed cluster in the data directory |
/// | `PURSER_DATA_DIR` | `dataDir` | `./.purser` |
/// | `PURSER_HOST` | `host` | `127.0.0.1` |
/// | `PURSER_PORT` | `port` | 8080, 0 … 65,535 (0: any free one) |
/// | `PURSER_POLICY_DIR` | `policyDir` | none |
/// | `PURSER_PRICES_FILE` | `pricesFile` | none |
/// | `PURSER_ADMIN_KEY` | `adminKey` | one is made and printed once |
/// | `PURSER_TEST_CLOCK` | `testClock` | false |
/// | `PURSER_LANES` | `lanes` | 1, 1 … 64 |
/// | `PURSER_LOG_LEVEL` | `logLevel` | `notice` |
/// | `PURSER_WEBHOOK_ALLOW_PRIVATE` | `webhookAllowPrivate` | false: webhooks are https and on the public internet |
/// | `PURSER_METRICS` | `metrics` | true: `/metrics` is there |
/// | `PURSER_METRICS_TOKEN` | `metricsToken` | none: `/metrics` answers this machine only; else 16 characters or more |
/// | `PURSER_METRICS_LABEL_LIMIT` | `metricsLabelLimit` | 200, 1 … 10,000 label sets a metric with values from outside |
/// | `PURSER_ACCESS_LOG` | `accessLog` | where `logLevel` is `info` or finer |
/// | `PURSER_PUBLIC_URL` | `publicUrl` | none: messages name paths; else http or https, and their links begin with it |
/// | `PURSER_OIDC_ISSUER`, `PURSER_OIDC_AUDIENCE` | `oidcIssuer`, `oidcAudience` | none: keys only; both or neither |
/// | `PURSER_OIDC_CLIENT_ID` | `oidcClientId` | the audience |
/// | `PURSER_OIDC_CLIENT_SECRET` | `oidcClientSecret` | none: a public client |
/// | `PURSER_OIDC_ROLE_CLAIM` | `oidcRoleClaim` | `purser_role` |
/// | `PURSER_OIDC_NAME_CLAIM` | `oidcNameClaim` | `email` where it is verified, else `sub` |
/// | `PURSER_TLS_CERT`, `PURSER_TLS_KEY` | `tlsCert`, `tlsKey` | none: plain HTTP |
///
/// `PURSER_CONFIG` names the file.
struct Settings: Sendable {
    var databaseURL: String?
    var dataDirectory: String
    var host: String
    var port: Int
    var policyDirectory: String?
    var pricesFile: String?
    var adminKey: String?
    var testClock: Bool
    var lanes: Int
    var webhooksAllowPrivate: Bool
    /// Where people reach the service, without a slash at the end.
    var publicURL: String?
    var logLevel: Logger.Level
    var metrics: Bool
    var metricsToken: String?
    var metricsLabelLimit: Int
    var accessLog: Bool
    var certificate: (chain: String, key: String)?
    /// The identity provider whose people are let in, and what each may do.
    var people: (provider: OIDCOptions, rules: PersonRules)?

    private static let fileKeys: Set<String> = [
        "databaseUrl", "dataDir", "host", "port", "policyDir", "pricesFile", "adminKey", "testClock", "lanes", "logLevel", "tlsCert", "tlsKey",
        "webhookAllowPrivate", "publicUrl", "metrics", "metricsToken", "metricsLabelLimit", "accessLog", "oidcIssuer", "oidcAudience",
        "oidcClientId", "oidcClientSecret", "oidcRoleClaim", "oidcNameClaim",
    ]
    private static let variables: Set<String> = [
        "PURSER_CONFIG", "PURSER_DATA_DIR", "PURSER_HOST", "PURSER_PORT", "PURSER_POLICY_DIR", "PURSER_PRICES_FILE", "PURSER_ADMIN_KEY",
        "PURSER_TEST_CLOCK", "PURSER_LANES", "PURSER_LOG_LEVEL", "PURSER_TLS_CERT", "PURSER_TLS_KEY", "PURSER_WEBHOOK_ALLOW_PRIVATE",
        "PURSER_PUBLIC_URL", "PURSER_METRICS", "PURSER_METRICS_TOKEN", "PURSER_METRICS_LABEL_LIMIT", "PURSER_ACCESS_LOG", "PURSER_OIDC_ISSUER",
        "PURSER_OIDC_AUDIENCE", "PURSER_OIDC_CLIENT_ID", "PURSER_OIDC_CLIENT_SECRET", "PURSER_OIDC_ROLE_CLAIM",
        "PURSER_OIDC_NAME_CLAIM",
    ]

    /// Reads environment and file.
    ///
    /// - Throws: `SettingsError` that names the setting and what it may be.
    static func load() async throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        if let unknown = environment.keys.sorted().first(where: { $0.hasPrefix("PURSER_") && !variables.contains($0) }) {
            throw SettingsError("unknown setting \(unknown); known: \(variables.sorted().joined(separator: ", "))")
        }
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider()]
        if let path = environment["PURSER_CONFIG"] {
            try checkFile(path)
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(path)))
        }
        return try Settings(ConfigReader(providers: providers), databaseURL: environment["DATABASE_URL"])
    }

    private init(_ reader: ConfigReader, databaseURL: String?) throws {
        let purser = reader.scoped(to: "purser")
        self.databaseURL = databaseURL ?? purser.string(forKey: "databaseUrl", isSecret: true)
        dataDirectory = purser.string(forKey: "dataDir", default: "./.purser")
        host = purser.string(forKey: "host", default: "127.0.0.1")
        port = try Self.integer(purser, "port", default: 8080, in: 0...65_535)
        policyDirectory = purser.string(forKey: "policyDir")
        pricesFile = purser.string(forKey: "pricesFile")
        adminKey = purser.string(forKey: "adminKey", isSecret: true)
        testClock = try Self.flag(purser, "testClock")
        webhooksAllowPrivate = try Self.flag(purser, "webhookAllowPrivate")
        publicURL = try purser.string(forKey: "publicUrl").map(Self.address)
        lanes = try Self.integer(purser, "lanes", default: 1, in: 1...64)
        let level = purser.string(forKey: "logLevel", default: "notice")
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw SettingsError("logLevel is '\(level)'; it may be \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.logLevel = logLevel
        metrics = try Self.flag(purser, "metrics", default: true)
        metricsLabelLimit = try Self.integer(purser, "metricsLabelLimit", default: 200, in: 1...10_000)
        accessLog = try Self.flag(purser, "accessLog", default: logLevel <= .info)
        metricsToken = Self.text(purser, "metricsToken", isSecret: true)
        if let token = metricsToken, token.utf8.count < 16 || !token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
            throw SettingsError("metricsToken may be 16 visible ASCII characters or more")
        }
        switch (purser.string(forKey: "tlsCert"), purser.string(forKey: "tlsKey")) {
        case (let chain?, let key?): certificate = (chain, key)
        case (nil, nil): certificate = nil
        default: throw SettingsError("set both tlsCert and tlsKey, or neither")
        }
        people = try Self.people(purser)
    }

    private static func people(_ reader: ConfigReader) throws -> (provider: OIDCOptions, rules: PersonRules)? {
        switch (text(reader, "oidcIssuer"), text(reader, "oidcAudience")) {
        case (let issuer?, let audience?):
            do {
                let provider = try OIDCOptions(
                    issuer: issuer, audience: audience, clientID: text(reader, "oidcClientId"),
                    clientSecret: text(reader, "oidcClientSecret", isSecret: true))
                return (provider, PersonRules(roleClaim: text(reader, "oidcRoleClaim"), nameClaim: text(reader, "oidcNameClaim")))
            } catch {
                throw SettingsError("oidcIssuer: \(error.text)")
            }
        case (nil, nil):
            for name in ["oidcClientId", "oidcClientSecret", "oidcRoleClaim", "oidcNameClaim"] where text(reader, name) != nil {
                throw SettingsError("\(name) does nothing without oidcIssuer and oidcAudience")
            }
            return nil
        default: throw SettingsError("set both oidcIssuer and oidcAudience, or neither")
        }
    }

    /// Empty is what a compose file makes of a variable that is not set.
    private static func text(_ reader: ConfigReader, _ key: String, isSecret: Bool = false) -> String? {
        reader.string(forKey: .init(key), isSecret: isSecret).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func integer(_ reader: ConfigReader, _ key: String, default value: Int, in bounds: ClosedRange<Int>) throws -> Int {
        guard let text = reader.string(forKey: .init(key)) ?? reader.int(forKey: .init(key)).map(String.init) else { return value }
        guard let number = Int(text), bounds.contains(number) else {
            throw SettingsError("\(key) is '\(text)'; it may be \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// An http or https address without query, fragment and user.
    private static func address(_ text: String) throws -> String {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme), parts.host?.isEmpty == false, parts.user == nil,
            parts.query == nil, parts.fragment == nil, !text.unicodeScalars.contains(where: { "<>|\"\\ ".unicodeScalars.contains($0) })
        else { throw SettingsError("publicUrl is '\(text)'; it may be an address such as https://purser.example.com") }
        return String(text.reversed().drop { $0 == "/" }.reversed())
    }

    private static func flag(_ reader: ConfigReader, _ key: String, default value: Bool = false) throws -> Bool {
        guard let text = reader.string(forKey: .init(key)) ?? reader.bool(forKey: .init(key)).map(String.init) else { return value }
        switch text {
        case "true", "1": return true
        case "false", "0": return false
        case "": return value
        default: throw SettingsError("\(key) is '\(text)'; it may be true or false")
        }
    }

    private static func checkFile(_ path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw SettingsError("cannot read \(path)") }
        guard let root = try Yams.compose(yaml: text)?.mapping, root.count == 1, let purser = root["purser"]?.mapping else {
            throw SettingsError("\(path) must have one key, 'purser', with the settings below it")
        }
        for (key, _) in purser where !fileKeys.contains(key.string ?? "") {
            throw SettingsError("\(path) has the unknown setting '\(key.string ?? "")'; known: \(fileKeys.sorted().joined(separator: ", "))")
        }
    }
}
