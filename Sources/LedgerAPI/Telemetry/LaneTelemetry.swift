internal import LedgerStore
internal import Telemetry

/// Hears the write lanes for metrics and for traces.
struct LaneTelemetry: LaneObserver {
    let metrics: LedgerMetrics?
    let tracer: SpanTracer?

    func follow(_ operation: Operation) -> (any LaneFollower)? {
        guard let tracer, let request = RequestNotes.current?.span, request.isRecording else { return nil }
        return AdmissionTrace(operation, tracer: tracer, under: request)
    }

    func ended(_ batch: BatchReport) { metrics?.note(batch) }

    func tripped(_ rule: String, of organisation: Organisation) { metrics?.noteTrip(rule, organisation) }
}
