/// A field of a form, for the template `field`: what was typed stays, and what is wrong stands below it.
struct FormField: Sendable {
    struct Option: Sendable {
        let value: String
        let title: String
        let isChosen: Bool
    }

    /// The name by which it is sent: that of the interface's field.
    let name: String
    /// Unique on the page.
    let fieldId: String
    let label: String
    let value: String
    let help: String?
    let fault: String?
    let isRequired: Bool
    /// Empty for a line of text.
    let options: [Option]
    let isChoice: Bool
    let describedBy: String?

    /// - Parameters:
    ///   - form: tells the fields of several forms on a page apart.
    ///   - attempt: what was typed before, and what came of it.
    ///   - value: what stands there at first.
    ///   - choices: values with their titles, for a list to choose from.
    init(
        _ name: String, _ label: String, in form: String, attempt: Attempt? = nil, value: String = "", help: String? = nil, isRequired: Bool = false,
        choices: [(value: String, title: String)] = []
    ) {
        self.name = name
        fieldId = "\(form)-\(name)"
        self.label = label
        let typed = attempt?.form.all.first { $0.name == name }?.value ?? value
        self.value = typed
        self.help = help
        fault = attempt?.problem?.fault(name).map { FaultText.text($0) }
        self.isRequired = isRequired
        options = choices.map { Option(value: $0.value, title: $0.title, isChosen: $0.value == typed) }
        isChoice = !choices.isEmpty
        let notes = (help == nil ? [] : ["\(form)-\(name)-help"]) + (fault == nil ? [] : ["\(form)-\(name)-fault"])
        describedBy = notes.isEmpty ? nil : notes.joined(separator: " ")
    }
}
