internal import JSON
internal import LedgerStore

extension JSONWriter {
    /// A run as a list has it.
    mutating func run(_ run: RunSummary) {
        object { writer in
            writer.name("run_id")
            writer.string(run.runID)
            writer.name("first_at")
            writer.time(run.firstAt)
            writer.name("last_at")
            writer.time(run.lastAt)
            writer.name("cost")
            writer.money(run.cost)
            writer.name("model_calls")
            writer.integer(run.modelCalls)
            writer.name("tool_calls")
            writer.integer(run.toolCalls)
            writer.name("failed")
            writer.integer(run.failed)
            writer.name("empty")
            writer.integer(run.empty)
            writer.name("unused_holds")
            writer.integer(run.unused)
            writer.name("input_tokens")
            writer.integer(run.inputTokens)
            writer.name("output_tokens")
            writer.integer(run.outputTokens)
            writer.name("model")
            writer.string(run.topModel)
            writer.name("step_name")
            writer.string(run.topStep)
            writer.name("tags")
            writer.tags(run.tags)
        }
    }
}
