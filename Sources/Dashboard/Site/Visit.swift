public import Ledger

/// One request for a page: what was asked, by whom, and the way to the interface in his name.
public struct Visit: Sendable {
    public let visitor: Visitor
    /// As it was asked for, escaped, without the query: `/dashboard/runs/run%2F7`.
    public let path: String
    /// The parts of the path that have a name, unescaped.
    public let parameters: [String: String]
    public let query: Fields
    /// Empty where nothing was sent.
    public let form: Fields
    /// In which he reads times.
    public let zone: Zone
    public let now: Timestamp
    let interface: Interface

    public init(
        visitor: Visitor, path: String, parameters: [String: String] = [:], query: Fields = Fields(), form: Fields = Fields(), zone: Zone = .utc,
        now: Timestamp, interface: Interface
    ) {
        self.visitor = visitor
        self.path = path
        self.parameters = parameters
        self.query = query
        self.form = form
        self.zone = zone
        self.now = now
        self.interface = interface
    }

    /// A named part of the path; empty where the route has none of this name.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }
}
