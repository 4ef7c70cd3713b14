/// A suspension as `/v1/suspensions` shows it.
struct SuspensionView: Decodable, Sendable {
    let id: String
    let state: String
    let subject: SubjectView
    let reason: String
    let rule: String?
    let openedBy: String
    let liftedBy: String?
    let allowSteps: Int64?
    let releasedHolds: Int64
}
