/// A form that was sent and not taken.
struct Attempt: Sendable {
    let form: Fields
    let problem: InterfaceProblem?

    init(_ form: Fields, _ problem: InterfaceProblem? = nil) {
        self.form = form
        self.problem = problem
    }

    /// What the interface said, unless a field of these says it.
    func fault(besides fields: [FormField]) -> String? {
        guard let problem, fields.allSatisfy({ $0.fault == nil }) else { return nil }
        return problem.detail
    }
}

extension Visit {
    /// Sends what a form asks for to the interface, and shows the form again where that is refused.
    ///
    /// - Parameters:
    ///   - path: the page of the dashboard to go to when it was done.
    ///   - again: the page with the form.
    func send(
        to path: String, notice: String, _ change: () async throws -> Void, orShow again: (Attempt) async throws -> View
    ) async throws -> Reply {
        try await send(
            to: path,
            {
                try await change()
                return notice
            }, orShow: again)
    }

    /// The same where the answer says what to tell.
    func send(to path: String, _ change: () async throws -> String, orShow again: (Attempt) async throws -> View) async throws -> Reply {
        do {
            return .go(path, notice: try await change())
        } catch let problem as InterfaceProblem where [400, 403, 409, 422].contains(problem.status) {
            return .show(try await again(Attempt(form, problem)), status: problem.status)
        }
    }
}
