internal import Ledger

/// What people do to an envelope: change the limit of a balance, freeze and unfreeze.
enum EnvelopeForms {
    static func add(to site: inout Site) {
        site.action("/envelopes/{name}/adjust", adjust)
        site.action("/envelopes/{name}/freeze") { try await setFrozen(true, $0) }
        site.action("/envelopes/{name}/unfreeze") { try await setFrozen(false, $0) }
    }

    // MARK: - What the forms show

    /// A form that was sent and not taken.
    enum Sent: Sendable {
        case adjustment(Attempt)
        case freeze(Attempt)
    }

    struct FrozenText: Sendable {
        let frozenBy: String
        let reason: String
        let since: TimeText

        init(_ visit: Visit, _ frozen: Envelopes.Frozen) {
            frozenBy = frozen.frozenBy
            reason = frozen.reason
            since = visit.text(frozen.since)
        }
    }

    struct Content: Sendable {
        struct Adjust: Sendable {
            let adjustPath: String
            /// Sent with the form, so that a second click changes nothing more.
            let once: String
            let fields: [FormField]
            let adjustFault: String?
        }

        struct Freeze: Sendable {
            let freezePath: String
            let isFrozen: Bool
            let why: FormField
            let freezeFault: String?
        }

        let adjust: Adjust?
        let freeze: Freeze?
    }

    /// Nil for those who may do nothing.
    static func content(_ visit: Visit, _ envelope: Envelopes.Envelope, _ sent: Sent?) -> Content? {
        guard visit.visitor.isOneOf(.finance, .operator) else { return nil }
        let adjust = envelope.limit == nil ? nil : self.adjust(visit, envelope, sent)
        let freeze = visit.visitor.tags.isEmpty && envelope.mode != "shadow" ? self.freeze(envelope, sent) : nil
        return adjust == nil && freeze == nil ? nil : Content(adjust: adjust, freeze: freeze)
    }

    private static func adjust(_ visit: Visit, _ envelope: Envelopes.Envelope, _ sent: Sent?) -> Content.Adjust {
        var attempt: Attempt?
        if case .adjustment(let made) = sent { attempt = made }
        let unit = envelope.meter == "cost" ? visit.visitor.currency : PlanText.meter(envelope.meter)
        let keys = envelope.per.map { FormField("key." + $0, $0, in: "adjust", attempt: attempt, value: visit.query["key." + $0] ?? "") }
        let fields =
            keys + [
                FormField(
                    "amount", "By how much (\(unit))", in: "adjust", attempt: attempt, help: "Such as 1250.50; less than zero takes away.",
                    isRequired: true),
                FormField("reason", "Reason", in: "adjust", attempt: attempt, isRequired: true),
                FormField(
                    "expires_at", "Taken back at", in: "adjust", attempt: attempt,
                    help: "Such as 2026-12-31 18:00, in your time zone. Empty: never."),
            ]
        return Content.Adjust(
            adjustPath: Paths.envelope(envelope.name) + "/adjust", once: once(), fields: fields,
            adjustFault: attempt.flatMap { $0.fault(besides: fields) })
    }

    private static func once() -> String { "form-" + (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined() }

    private static func freeze(_ envelope: Envelopes.Envelope, _ sent: Sent?) -> Content.Freeze {
        var attempt: Attempt?
        if case .freeze(let made) = sent { attempt = made }
        let why = FormField("reason", "Reason", in: "freeze", attempt: attempt, isRequired: true)
        let isFrozen = envelope.frozen != nil
        return Content.Freeze(
            freezePath: Paths.envelope(envelope.name) + (isFrozen ? "/unfreeze" : "/freeze"), isFrozen: isFrozen, why: why,
            freezeFault: attempt.flatMap { $0.fault(besides: [why]) })
    }

    // MARK: - What is done

    private struct Adjustment: Encodable, Sendable {
        let amount: Amount
        let reason: String
        let key: [String: String]
        let expiresAt: String?
    }

    private struct Reason: Encodable, Sendable {
        let reason: String
    }

    private struct Done: Decodable, Sendable {}

    private static func adjust(_ visit: Visit) async throws -> Reply {
        let name = visit.parameter("name")
        let envelope: Envelopes.Envelope = try await visit.get(["v1", "envelopes", name])
        let amount = visit.form["amount"] ?? ""
        var expires = visit.form["expires_at"]
        // A time without a zone is meant in the reader's.
        if let local = expires.flatMap({ LocalTime($0) }) { expires = visit.zone.moment(local.date, secondOfDay: local.secondOfDay).description }
        let body = Adjustment(
            amount: Amount(amount, isMoney: envelope.meter == "cost"), reason: visit.form["reason"] ?? "",
            key: Dictionary(envelope.per.map { ($0, visit.form["key." + $0] ?? "") }) { first, _ in first }, expiresAt: expires)
        return try await visit.send(to: Paths.envelope(name), notice: "The limit was changed by \(amount).") {
            let _: Done = try await visit.post(["v1", "envelopes", name, "adjustments"], body, once: visit.form["once"])
        } orShow: {
            try await EnvelopePage.view(visit, .adjustment($0))
        }
    }

    private static func setFrozen(_ isFrozen: Bool, _ visit: Visit) async throws -> Reply {
        let name = visit.parameter("name")
        let notice = isFrozen ? "The envelope is frozen: calls in it are refused from now on." : "The envelope admits calls again."
        return try await visit.send(to: Paths.envelope(name), notice: notice) {
            let _: Done = try await visit.post(
                ["v1", "envelopes", name, isFrozen ? "freeze" : "unfreeze"], Reason(reason: visit.form["reason"] ?? ""))
        } orShow: {
            try await EnvelopePage.view(visit, .freeze($0))
        }
    }
}

/// `2026-12-03 14:05`, with a space or a `T` between.
struct LocalTime: Sendable, Hashable {
    let date: CivilDate
    let secondOfDay: Int64

    init?(_ text: String) {
        guard text.utf8.count == 16, let time = Timestamp(rfc3339: text.replacing(" ", with: "T") + ":00Z") else { return nil }
        let civil = CivilTime(time)
        date = civil.date
        secondOfDay = civil.secondOfDay
    }
}
