/// One statement of a pipeline with its values.
public struct PipelineStep: Sendable {
    public var statement: Statement
    public var parameters: Parameters

    /// Makes a step.
    public init(_ statement: Statement, _ parameters: Parameters = Parameters()) {
        self.statement = statement
        self.parameters = parameters
    }
}
