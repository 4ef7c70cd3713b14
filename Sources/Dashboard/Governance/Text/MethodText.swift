/// How forecasts are made, in words.
enum MethodText {
    /// - Parameter knownDays: how many days were looked at.
    static func text(_ method: String, knownDays: Int) -> String {
        switch method {
        case "run_rate_by_weekday":
            "Each day that is left is taken to cost the mean of its weekday over the last \(min(knownDays, 28)) days."
        case "run_rate":
            "Every hour that is left is taken to cost the mean since the first use; with two weeks of history weekdays are told apart."
        default: method
        }
    }
}
