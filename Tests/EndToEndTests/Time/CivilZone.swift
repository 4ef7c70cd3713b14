/// A zone as a table of its own, so that the tests do not ask what the program asks: between these dates its clocks are
/// moved at most once.
struct CivilZone: Sendable {
    let name: String
    /// Hours ahead of UTC in minutes, before and after.
    private let before: Int64
    private let after: Int64
    private let change: Moment

    private init(_ name: String, _ before: Int64, _ after: Int64, _ change: String) {
        self.name = name
        self.before = before
        self.after = after
        self.change = Moment(change) ?? Moment(microseconds: 0)
    }

    /// From January to September 2027. Sydney's clocks go back, the others' forward, Kolkata's stay.
    static let all = [
        CivilZone("Europe/Paris", 60, 120, "2027-03-28T01:00:00Z"),
        CivilZone("America/New_York", -300, -240, "2027-03-14T07:00:00Z"),
        CivilZone("Australia/Sydney", 660, 600, "2027-04-03T16:00:00Z"),
        CivilZone("Asia/Kolkata", 330, 330, "2027-01-01T00:00:00Z"),
    ]

    /// When the wall clock shows this; none of these moments is skipped or comes twice.
    func moment(_ wall: Moment) -> Moment {
        let early = wall.adding(seconds: -before * 60)
        return early < change ? early : wall.adding(seconds: -after * 60)
    }

    /// Mondays at 09:00, from 2027-02-22 on.
    var weeks: [Moment] {
        guard let monday = Moment("2027-02-22T09:00:00Z") else { return [] }
        return (0..<20).map { moment(monday.adding(seconds: $0 * 7 * 86_400)) }
    }

    /// The first days of months at midnight, from February on.
    var months: [Moment] {
        (2...9).compactMap { Moment("2027-0\($0)-01T00:00:00Z") }.map(moment)
    }
}
