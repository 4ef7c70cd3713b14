internal import Ledger

/// The zone in which a reader sees times.
public struct TimeZonePage: Sendable {
    let zone: String
    let fault: String?
    let zones: [String]

    public static let path = Site.root + "/time-zone"

    /// Suggestions; every IANA name is taken.
    private static let usual = [
        "UTC", "Africa/Johannesburg", "Africa/Lagos", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York",
        "America/Sao_Paulo", "America/Toronto", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Kolkata", "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo",
        "Australia/Sydney", "Europe/Amsterdam", "Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Paris",
        "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland",
    ]

    /// - Parameter wrong: what was typed and is no zone.
    public static func view(_ visit: Visit, wrong: String? = nil) -> View {
        View(
            "Time zone", entry: "", template: "time-zone",
            content: TimeZonePage(
                zone: wrong ?? visit.zone.name, fault: wrong.map { _ in "No such time zone is known. Write UTC, or a name such as Europe/Paris." },
                zones: usual))
    }
}
