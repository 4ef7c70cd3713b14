internal import JSON
public import Ledger

/// Who is told of a cost: those tags of a call that metrics are kept by. A tag that is absent is empty.
public struct Spender: Sendable {
    private enum Field: String, CaseIterable, Sendable {
        case agent = "agent_id"
        case workflow = "workflow_name"
        case team = "team_id"
        case project
        case costCenter = "cost_center"
        case session = "session_id"
    }

    private static let fields = JSONFields<Field>()

    public private(set) var agent = ""
    public private(set) var workflow = ""
    public private(set) var team = ""
    public private(set) var project = ""
    public private(set) var costCenter = ""
    public private(set) var session = ""

    public init(_ tags: Tags) {
        for tag in tags.entries {
            if let field = Field(rawValue: tag.name) { set(field, tag.value) }
        }
    }

    /// Of tags as facts keep them; what cannot be read is empty.
    init(stored tags: [UInt8]) {
        var found = Spender()
        try? tags.withUnsafeBufferPointer { bytes throws(JSONError) in
            try JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.pick(Self.fields) { field, reader throws(JSONError) in found.set(field, try reader.string()) }
            }
        }
        self = found
    }

    private init() {}

    private mutating func set(_ field: Field, _ value: String) {
        switch field {
        case .agent: agent = value
        case .workflow: workflow = value
        case .team: team = value
        case .project: project = value
        case .costCenter: costCenter = value
        case .session: session = value
        }
    }
}
