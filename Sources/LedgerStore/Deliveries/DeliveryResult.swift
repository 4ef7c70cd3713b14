internal import Ledger
internal import Postgres

/// Books what came of a request.
enum DeliveryResult {
    static func book(
        _ attempt: DeliveryAttempt, of delivery: PendingDelivery, verdict: EndpointVerdict, random: UInt64, webhook: Identifier,
        organisation: Identifier, at now: Timestamp, in session: Session
    ) throws {
        _ = try session.execute(DeliveryStatements.insertAttempt, parameters(attempt, delivery: delivery.id, organisation: organisation))
        let failures = verdict == .delivered ? delivery.failures : delivery.failures + 1
        let (state, next) = fate(verdict, failures: failures, at: now, random: random)
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(delivery.id)
        parameters.text(state.rawValue)
        parameters.int8(attempt.number)
        parameters.int8(failures)
        parameters.timestamp(microsecondsSince1970: next?.microseconds)
        parameters.timestamp(microsecondsSince1970: state == .pending ? nil : now.microseconds)
        parameters.int8(attempt.status)
        parameters.text(attempt.error)
        _ = try session.execute(DeliveryStatements.finish, parameters)
        if verdict == .gone { try disable(webhook, status: attempt.status, organisation: organisation, at: now, in: session) }
    }

    private static func fate(
        _ verdict: EndpointVerdict, failures: Int64, at now: Timestamp, random: UInt64
    ) -> (Delivery.State, next: Timestamp?) {
        let wait: Int64?
        switch verdict {
        case .delivered: return (.delivered, nil)
        case .gone: return (.dead, nil)
        case .failed(let retryAfter): wait = RetryPolicy.wait(afterFailures: failures, retryAfterSeconds: retryAfter, random: random)
        case .refused: wait = RetryPolicy.wait(afterRefusals: failures, random: random)
        }
        guard let microseconds = wait else { return (.dead, nil) }
        return (.pending, Timestamp(microseconds: now.microseconds + microseconds))
    }

    /// An endpoint that says it is gone for good is left alone until somebody enables it again.
    private static func disable(_ webhook: Identifier, status: Int64?, organisation: Identifier, at now: Timestamp, in session: Session) throws {
        guard let known = try WebhookQueries.find(webhook, of: organisation, in: session) else { return }
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(webhook)
        parameters.text("the endpoint answered 410: it is gone")
        parameters.timestamp(microsecondsSince1970: now.microseconds)
        guard try session.execute(DeliveryStatements.disable, parameters).affected == 1 else { return }
        var events = EventColumns()
        events.append(
            Event(
                .webhookDisabled, envelope: "", related: webhook,
                reason: "the webhook '\(known.name ?? webhook.description)' answered 410: it is gone; enable it again once its endpoint is back"),
            id: .fresh(at: now))
        try events.write(organisation: organisation, at: now, in: session)
    }

    static func parameters(_ attempt: DeliveryAttempt, delivery: Identifier, organisation: Identifier) -> Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        parameters.uuid(delivery)
        parameters.int8(attempt.number)
        parameters.timestamp(microsecondsSince1970: attempt.at.microseconds)
        parameters.int8(attempt.stamp)
        parameters.text(attempt.signature)
        parameters.text(attempt.url)
        parameters.int8(attempt.status)
        parameters.int8(attempt.latencyMilliseconds)
        parameters.text(attempt.answer)
        parameters.text(attempt.error)
        return parameters
    }
}
