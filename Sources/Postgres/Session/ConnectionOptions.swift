internal import CLibPQ

/// A connection string taken apart, so that its hosts can be tried one at a time and its database replaced.
struct ConnectionOptions {
    private(set) var pairs: [(keyword: String, value: String)] = []

    init(_ connectionString: String) throws(PostgresError) {
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(connectionString, &problem) else {
            let message = problem.map { String(cString: $0) } ?? "out of memory"
            PQfreemem(problem)
            throw PostgresError(.connectionFailed, "connection string: \(message.trimmingTrailingNewlines)")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                pairs.append((String(cString: keyword), String(cString: value)))
            }
            option += 1
        }
    }

    subscript(keyword: String) -> String? {
        get { pairs.first { $0.keyword == keyword }?.value }
        set {
            pairs.removeAll { $0.keyword == keyword }
            if let newValue { pairs.append((keyword, newValue)) }
        }
    }

    /// The options as `key='value'` pairs.
    var connectionString: String {
        pairs.map { "\($0.keyword)=\(Self.quoted($0.value))" }.joined(separator: " ")
    }

    /// A value in the quotes of a connection string.
    static func quoted(_ value: String) -> String {
        var text = "'"
        for character in value {
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text + "'"
    }

    /// The options once for each host, in order. libpq's own walk over the hosts has no time limit for one of them when
    /// it does not block. `prefer-standby` needs two rounds over all hosts and stays whole.
    var perHost: [ConnectionOptions] {
        let hosts = list("host")
        let addresses = list("hostaddr")
        let ports = list("port")
        let hostCount = max(hosts.count, addresses.count)
        let portsFit = ports.count <= 1 || ports.count == hostCount
        let listsFit = hosts.isEmpty || addresses.isEmpty || hosts.count == addresses.count
        guard hostCount > 1, portsFit, listsFit, self["target_session_attrs"] != "prefer-standby" else { return [self] }
        return (0..<hostCount).map { index in
            var copy = self
            if !hosts.isEmpty { copy["host"] = hosts[index] }
            if !addresses.isEmpty { copy["hostaddr"] = addresses[index] }
            if ports.count > 1 { copy["port"] = ports[index] }
            return copy
        }
    }

    private func list(_ keyword: String) -> [String] {
        guard let value = self[keyword], !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
