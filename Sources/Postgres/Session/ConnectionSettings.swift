/// How sessions are opened.
public struct ConnectionSettings: Sendable {
    /// A libpq connection string, as URI or `key=value` pairs: several hosts, `target_session_attrs` and TLS
    /// (`sslmode`, `sslrootcert`) included.
    public var connectionString: String
    /// SQL run in each new session before anybody uses it, such as `SET ROLE purser_service`.
    public var setup: [String]
    /// Bounds the opening of a session with its ``setup``, all hosts together: of several hosts each gets an equal share
    /// of what is left, so that a host which does not answer leaves time for the next. Takes the place of
    /// `connect_timeout` in the string. Looking up a host's name is not bounded. Default 5 s.
    public var connectTimeout: Duration
    /// Bounds each call of a session that names no timeout of its own. Default 5 s.
    public var statementTimeout: Duration
    /// What the server shows as `application_name`, unless the string names one.
    public var applicationName: String

    /// Makes settings; nothing is checked before the first session is opened.
    public init(
        _ connectionString: String,
        setup: [String] = [],
        connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration = .seconds(5),
        applicationName: String = "purser"
    ) {
        self.connectionString = connectionString
        self.setup = setup
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.applicationName = applicationName
    }

    /// The same settings for another database of the same server. ``connectionString`` becomes `key=value` pairs.
    public func replacing(database: String) -> ConnectionSettings {
        var copy = self
        if var options = try? ConnectionOptions(connectionString) {
            options["dbname"] = database
            copy.connectionString = options.connectionString
        }
        return copy
    }
}
