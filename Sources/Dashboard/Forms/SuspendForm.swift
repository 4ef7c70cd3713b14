/// A form on the page of an agent or run that stops it, for the template `suspend`.
struct SuspendForm: Sendable {
    static let reasonHelp = "It is kept in the history, and shown to whoever is refused."

    let type: String
    let id: String
    let reason: FormField

    /// Nil for visitors who may not.
    static func offered(to visitor: Visitor, type: String, id: String) -> SuspendForm? {
        guard visitor.isOneOf(.operator) else { return nil }
        return SuspendForm(
            type: type, id: id,
            reason: FormField("reason", "Reason", in: "suspend", help: reasonHelp, isRequired: true))
    }
}
