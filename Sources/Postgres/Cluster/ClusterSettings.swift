/// The settings of a ``ManagedCluster``, all of them stated in the one file that they are rendered into.
///
/// Sizes and times are written as PostgreSQL writes them (`512MB`, `15min`).
public struct ClusterSettings: Sendable {
    /// `shared_buffers`. Default 512MB.
    public var sharedBuffers = "512MB"
    /// `max_wal_size`. Default 8GB.
    public var maxWALSize = "8GB"
    /// `checkpoint_timeout`. Default 15min.
    public var checkpointTimeout = "15min"
    /// `max_connections`. Default 128.
    public var maxConnections = 128
    /// Names the socket's file, and is the TCP port if `extra` makes the server listen. Default 5432.
    public var port = 5432
    /// False gives up every answer at a power cut, for tests.
    public var durable: Bool
    /// More settings by name. They win over all others.
    public var extra: [String: String]

    /// The defaults, but for what is said here.
    public init(durable: Bool = true, extra: [String: String] = [:]) {
        self.durable = durable
        self.extra = extra
    }

    /// The text of the file.
    func rendered(socketDirectory: String) -> String {
        var text = """
            # The settings of this PostgreSQL cluster, written anew whenever its server is started.
            # Your own belong into postgresql.conf, below the line that includes this file: there they win.

            """
        for entry in entries(socketDirectory: socketDirectory) {
            text += "\n# \(entry.why)\n\(entry.name) = \(Self.quoted(entry.value))\n"
        }
        for (name, value) in extra.sorted(by: { $0.key < $1.key }) {
            text += "\n# Set by the program that started the server.\n\(name) = \(Self.quoted(value))\n"
        }
        return text
    }

    private struct Entry {
        let name: String
        let value: String
        let why: String

        init(_ name: String, _ value: String, _ why: String) {
            self.name = name
            self.value = value
            self.why = why
        }
    }

    private func entries(socketDirectory: String) -> [Entry] {
        connections(socketDirectory) + writing + planning + vacuum + logging
    }

    private func connections(_ socketDirectory: String) -> [Entry] {
        // The setting is a list, in which quotes keep a name with a comma or a space together.
        let sockets = "\"" + Self.doubling("\"", in: socketDirectory) + "\""
        return [
            Entry("listen_addresses", "", "No TCP: who may connect is who may enter the socket's folder."),
            Entry("unix_socket_directories", sockets, "A folder that only the server's user may enter."),
            Entry("unix_socket_permissions", "0700", "The socket itself says the same."),
            Entry("port", "\(port)", "Names the socket's file."),
            Entry("max_connections", "\(maxConnections)", "Several replicas and a few people; each one costs memory."),
            Entry("shared_buffers", sharedBuffers, "The hot balances, keys and open holds stay in memory."),
            Entry(
                "idle_in_transaction_session_timeout", "60s",
                "A client that hangs with a transaction open would keep its locks for ever."),
        ]
    }

    private var writing: [Entry] {
        let switches = durable ? "on" : "off"
        return [
            Entry("fsync", switches, "What is committed survives a power cut."),
            Entry("synchronous_commit", switches, "An answer given is an answer on disk."),
            Entry("full_page_writes", switches, "A page torn by a power cut is mended from the log."),
            Entry("wal_compression", "lz4", "Full pages after a checkpoint are most of the log; lz4 costs little."),
            Entry("max_wal_size", maxWALSize, "Checkpoints come by time, not by the load."),
            Entry("checkpoint_timeout", checkpointTimeout, "Few checkpoints, so that few full pages are logged."),
            Entry("checkpoint_completion_target", "0.9", "A checkpoint is spread out and delays no commit."),
        ]
    }

    private var planning: [Entry] {
        [
            Entry("jit", "off", "Statements here are short; compiling them takes longer than running them."),
            Entry("timezone", "UTC", "Times in dumps and psql look as they do in the interface."),
        ]
    }

    private var vacuum: [Entry] {
        [
            Entry("autovacuum_naptime", "15s", "Small tables that are updated all day grow dead rows in minutes."),
            Entry("autovacuum_vacuum_scale_factor", "0.05", "A twentieth of dead rows is enough to clean a table."),
            Entry("autovacuum_vacuum_cost_limit", "2000", "Cleaning must keep up with the writers."),
        ]
    }

    private var logging: [Entry] {
        [
            Entry("logging_collector", "on", "The log is kept in files below."),
            Entry("log_directory", "log", "In the cluster's own folder."),
            Entry("log_filename", "postgres-%a.log", "One file for each day of the week, so that old ones make room."),
            Entry("log_truncate_on_rotation", "on", "Last week's file is begun anew."),
            Entry("log_rotation_age", "1d", "A file a day."),
            Entry("log_rotation_size", "0", "No other name within a day."),
            Entry("log_timezone", "UTC", "As everywhere."),
            Entry("log_line_prefix", "%m [%p] %q%a ", "When, which process, which application."),
        ]
    }

    private static func quoted(_ value: String) -> String {
        "'" + doubling("'", in: doubling("\\", in: value)) + "'"
    }

    private static func doubling(_ character: Character, in text: String) -> String {
        String(text.flatMap { $0 == character ? [$0, $0] : [$0] })
    }
}
