internal import Ledger
internal import Postgres

/// By what sums are told apart when they are read for a report.
struct ReportKey: Hashable, Sendable {
    /// Of the tags that were asked for, in their order; nil where a call has none.
    let values: [String?]
    let model: String?
    let tool: String?

    /// Which parts are asked for.
    struct Shape: Hashable, Sendable {
        let names: [String]
        let hasModel: Bool
        let hasTool: Bool

        static let total = Shape(names: [], hasModel: false, hasTool: false)

        func append(to parameters: inout Parameters) {
            parameters.textArray(names)
            parameters.bool(hasModel)
            parameters.bool(hasTool)
        }
    }

    /// Three columns: an array of tags, the model, the tool.
    init(_ rows: Rows, _ row: Int, from column: Int) throws {
        values = try rows.textArray(row, column).map { $0.isEmpty ? nil : $0 }
        model = try rows.textIfPresent(row, column + 1).flatMap { $0.isEmpty ? nil : $0 }
        tool = try rows.textIfPresent(row, column + 2).flatMap { $0.isEmpty ? nil : $0 }
    }

    func tags(_ shape: Shape) -> Tags {
        Tags(zip(shape.names, values).compactMap { name, value in value.map { Tags.Tag(name: name, value: $0) } })
    }
}
