extension Tags {
    /// The environment of a call that names none.
    public static let defaultEnvironment = "production"

    /// The value of a tag; a call without `environment` counts as production.
    func label(_ name: String) -> String? { self[name] ?? (name == "environment" ? Self.defaultEnvironment : nil) }
}
