/// What is wrong with a field, as people are told; the interface speaks to programs.
enum FaultText {
    /// Text that is known to no case stands as it is.
    static func text(_ detail: String) -> String {
        guard detail.hasPrefix("send a") else { return detail }
        if detail.contains("decimal string") { return detail.contains("'-'") ? "Write 9.50, or -9.50 to take away." : "Write 9.50." }
        return detail.contains("integer") || detail.contains("whole number") ? "Write a whole number, such as 500." : detail
    }
}
