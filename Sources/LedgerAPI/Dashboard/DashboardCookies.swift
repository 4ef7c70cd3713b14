internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// The cookies of the dashboard.
struct DashboardCookies: Sendable {
    private static let zoneSeconds = 365 * 86_400
    private static let noticeSeconds = 60
    private static let maximumNoticeBytes = 600

    let isSecure: Bool

    // MARK: - Session

    /// Over TLS the prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3).
    private var sessionName: String { isSecure ? "__Host-purser_session" : "purser_session" }

    func session(_ request: Request) -> SessionText? { request.cookies[sessionName].flatMap { SessionText($0.value) } }

    func set(_ session: SessionText) -> String {
        line(sessionName, session.text, path: isSecure ? "/" : "/dashboard", seconds: Int(SessionStore.longestSeconds))
    }

    func clearSession() -> String { line(sessionName, "", path: isSecure ? "/" : "/dashboard", seconds: 0) }

    // MARK: - Time zone

    func zone(_ request: Request) -> Zone {
        // A cookie's value takes no slash in quotes; names of zones have them as they are.
        request.cookies["purser_zone"].flatMap { Zone($0.value) } ?? .utc
    }

    func set(_ zone: Zone) -> String { line("purser_zone", zone.name, path: "/dashboard", seconds: Self.zoneSeconds) }

    // MARK: - What was just done

    /// Shown once, by the page that comes next.
    func notice(_ request: Request) -> String? {
        guard let value = request.cookies["purser_notice"]?.value, let bytes = Digest.bytes(hex: value) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    func set(notice: String) -> String {
        line("purser_notice", Digest.hex(notice.utf8.prefix(Self.maximumNoticeBytes)), path: "/dashboard", seconds: Self.noticeSeconds)
    }

    func clearNotice() -> String { line("purser_notice", "", path: "/dashboard", seconds: 0) }

    // MARK: -

    private func line(_ name: String, _ value: String, path: String, seconds: Int) -> String {
        "\(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }
}
