/// One line of `GET /v1/schedules`.
struct ScheduleView: Decodable, Sendable {
    let name: String
    let every: String
    let nextAt: String
    let lastAt: String?
    let lastState: String?
    let lastError: String?
    let missed: Int64
    let runs: Int64
    let failures: Int64
    let lateSeconds: Int64
    let running: Bool
}
