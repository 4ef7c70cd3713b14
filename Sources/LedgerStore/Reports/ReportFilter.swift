public import Ledger
internal import Postgres

/// Which calls a report counts.
public struct ReportFilter: Hashable, Sendable {
    /// That they all have.
    public var tags: Tags
    /// Names of tags that none of them has.
    public var absent: [String]
    /// Nil: any; empty: none.
    public var model: String?
    /// Nil: any; empty: none.
    public var tool: String?
    /// The envelope whose `match` selects them; nil: any.
    public var envelope: String?

    public init(tags: Tags = Tags(), absent: [String] = [], model: String? = nil, tool: String? = nil, envelope: String? = nil) {
        self.tags = tags
        self.absent = absent
        self.model = model
        self.tool = tool
        self.envelope = envelope
    }

    /// Whether it counts every call.
    var isEverything: Bool { self == ReportFilter() }

    /// Its tags, absent tags, model and tool: what `ReportStatements.selection` takes.
    func append(to parameters: inout Parameters) {
        parameters.json(TagsJSON.encode(tags))
        parameters.textArray(absent)
        parameters.text(model)
        parameters.text(tool)
    }
}
