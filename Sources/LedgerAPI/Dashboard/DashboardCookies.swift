internal import Dashboard
internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import LedgerStore
internal import OIDC

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

    // MARK: - On the way through the identity provider

    private static let attemptSeconds = 600
    private static let maximumPathBytes = 1_000
    private var attemptName: String { isSecure ? "__Host-purser_attempt" : "purser_attempt" }

    /// The attempt to sign in that began in this browser, and the page that was wanted.
    func attempt(_ request: Request) -> (attempt: SignInAttempt, to: String)? {
        guard let parts = request.cookies[attemptName]?.value.split(separator: "~"), parts.count == 2, let attempt = SignInAttempt(String(parts[0])),
            let bytes = Digest.bytes(hex: parts[1]), let to = DashboardPlace.ownPath(String(validating: bytes, as: UTF8.self))
        else { return nil }
        return (attempt, to)
    }

    /// Lax: it must come along when the provider sends the browser back.
    func set(_ attempt: SignInAttempt, to path: String) -> String {
        let to = path.utf8.count <= Self.maximumPathBytes ? path : Site.root
        return line(
            attemptName, attempt.text + "~" + Digest.hex(to.utf8), path: isSecure ? "/" : "/dashboard/sign-in", seconds: Self.attemptSeconds,
            sameSite: "Lax")
    }

    func clearAttempt() -> String { line(attemptName, "", path: isSecure ? "/" : "/dashboard/sign-in", seconds: 0, sameSite: "Lax") }

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

    private func line(_ name: String, _ value: String, path: String, seconds: Int, sameSite: String = "Strict") -> String {
        "\(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=\(sameSite)" + (isSecure ? "; Secure" : "")
    }
}
