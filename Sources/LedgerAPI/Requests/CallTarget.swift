/// The model or the tool of a call: exactly one of the two.
enum CallTarget {
    static let maximumLength = 256

    static func check(model: String?, tool: String?) throws {
        switch (model, tool) {
        case (nil, nil): throw Problem.invalid("/model", "name the model, or the tool, that will be called")
        case (.some, .some): throw Problem.invalid("/tool", "a call is of a model or of a tool; leave one out")
        default: break
        }
    }
}
