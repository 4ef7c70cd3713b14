internal import JSON
internal import Ledger
internal import LedgerStore

/// An event of PagerDuty's Events API v2. Only what somebody must act upon is one.
enum PagerDutyFormat {
    static let summaryLength = 1_024
    static let dedupKeyLength = 255

    private enum Severity: String {
        case critical, error, warning, info
    }

    private enum Action {
        case trigger(Severity)
        case resolve
    }

    /// Without the routing key, which is added when it is sent.
    static func body(_ notice: Notice) -> [UInt8]? {
        guard let action = action(of: notice) else { return nil }
        var writer = JSONWriter(capacity: 1_024)
        writer.object { writer in
            writer.name("event_action")
            switch action {
            case .resolve: writer.string("resolve")
            case .trigger: writer.string("trigger")
            }
            writer.name("dedup_key")
            writer.string(dedupKey(notice))
            guard case .trigger(let severity) = action else { return }
            writer.name("payload")
            payload(notice, severity, to: &writer)
            writer.name("client")
            writer.string("Purser")
            let links = (notice.playbook.map { [(text: "Playbook", href: $0)] } ?? []) + notice.links
            guard !links.isEmpty else { return }
            writer.name("links")
            writer.array(links) { writer, link in
                writer.object { writer in
                    writer.name("href")
                    writer.string(link.href)
                    writer.name("text")
                    writer.string(link.text)
                }
            }
        }
        return writer.bytes
    }

    static func adding(routingKey: String, to body: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: body.count + 64)
        writer.string(routingKey)
        return Array("{\"routing_key\":".utf8) + writer.bytes + Array(",".utf8) + body.dropFirst()
    }

    private static func action(of notice: Notice) -> Action? {
        switch notice.kind {
        case .alert: .trigger((notice.step ?? 0) >= 100 ? .error : .warning)
        case .alertCleared, .routeRestored, .envelopeUnfrozen, .suspensionLifted, .anomalyClosed: .resolve
        case .routeDowngraded, .breakerTripped, .anomalyDetected: .trigger(.warning)
        case .envelopeFrozen, .webhookDisabled: .trigger(.error)
        case .suspensionOpened, .ledgerInconsistent: .trigger(.critical)
        case nil: .trigger(.info)
        case .approvalRequested, .approvalReminded, .approvalApproved, .approvalRejected, .approvalExpired, .grantExpired, .creditCarried,
            .adjustmentExpired, .balanceAdjusted, .windowOpened, .reviewReady, .trialStarted, .trialKept, .trialRolledBack, .trialEnded:
            nil
        }
    }

    /// The same for what begins an incident and what ends it: envelope, key, window and step.
    private static func dedupKey(_ notice: Notice) -> String {
        let place = [notice.organisation, notice.entry.envelope, notice.keyText ?? "", notice.windowStart ?? ""]
        let parts: [String] =
            switch notice.kind {
            case .alert, .alertCleared: place + [notice.step.map { "\($0)" } ?? "call"]
            case .routeDowngraded, .routeRestored: place + ["route"]
            case .envelopeFrozen, .envelopeUnfrozen: [notice.organisation, notice.entry.envelope, "frozen"]
            case .suspensionOpened, .suspensionLifted: [notice.organisation, "suspended", notice.related ?? notice.subject ?? ""]
            case .anomalyDetected, .anomalyClosed: [notice.organisation, "anomaly", notice.related ?? notice.subject ?? ""]
            case .webhookDisabled: [notice.organisation, "webhook", notice.related ?? ""]
            case .ledgerInconsistent: [notice.organisation, "inconsistent"]
            default: [notice.organisation, notice.entry.kind, notice.entry.event.description]
            }
        let key = parts.joined(separator: "/")
        return key.unicodeScalars.count <= dedupKeyLength ? key : "sha256/" + Digest.hex(Digest.sha256(Array(key.utf8)))
    }

    private static func payload(_ notice: Notice, _ severity: Severity, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("summary")
            let state = NoticeText.state(notice).map { " (\($0))" } ?? ""
            let reason = notice.reason.isEmpty ? "" : ": \(notice.reason)"
            writer.string(NoticeText.cut(NoticeText.headline(notice) + state + reason, to: summaryLength))
            writer.name("severity")
            writer.string(severity.rawValue)
            writer.name("source")
            writer.string("purser/\(notice.organisation)")
            writer.name("timestamp")
            writer.string(notice.entry.madeAt.description)
            if !notice.entry.envelope.isEmpty {
                writer.name("component")
                writer.string(notice.entry.envelope)
            }
            writer.name("class")
            writer.string(notice.entry.kind)
            writer.name("custom_details")
            writer.raw(notice.briefData)
        }
    }
}
