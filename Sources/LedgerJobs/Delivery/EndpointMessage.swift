internal import Foundation
internal import Ledger
internal import LedgerStore

/// One message to one endpoint: signed, sent, and judged by its answer.
struct EndpointMessage: Sendable {
    let event: Identifier
    /// JSON, without secrets.
    let body: [UInt8]
    let endpoint: Endpoint

    /// - Parameters:
    ///   - number: of the attempt.
    ///   - now: the ledger's time, under which the attempt is kept.
    func send(
        number: Int64, turn: Int64, now: Timestamp, through connection: inout EndpointConnection
    ) async -> (attempt: DeliveryAttempt, verdict: EndpointVerdict) {
        // Receivers compare this time with their own clock, so it is the world's, even where the ledger's stands still.
        let stamp = Self.worldTime()
        let id = event.description
        let sent = MessageFormat.sent(body, to: endpoint)
        let signature = endpoint.secrets.map { $0.signature(id: id, stamp: stamp.seconds, body: sent) }.joined(separator: " ")
        let headers = DeliveryHeaders.fields(kind: endpoint.kind, event: event, stamp: stamp.seconds, signature: signature)
        let answer = await connection.post(sent, headers: headers, to: endpoint.url, turn: turn)
        let verdict = EndpointVerdict(status: answer.status, retryAfter: answer.retryAfter, now: Self.worldTime())
        let attempt = DeliveryAttempt(
            number: number, at: now, stamp: stamp.seconds, signature: signature, url: endpoint.url, status: answer.status,
            latencyMilliseconds: answer.latencyMilliseconds, answer: answer.body, error: answer.error)
        return (attempt, verdict)
    }

    private static func worldTime() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
