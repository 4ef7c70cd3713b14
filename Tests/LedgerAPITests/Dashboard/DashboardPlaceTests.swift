import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Testing

@testable import LedgerAPI

@Suite("Where the dashboard is")
struct DashboardPlaceTests {
    @Test("only paths of the dashboard are own", arguments: ["/dashboard", "/dashboard/", "/dashboard/runs/a%2Fb?x=//y#z", "/dashboard?x=1"])
    func own(path: String) {
        #expect(DashboardPlace.ownPath(path) == path)
    }

    @Test(
        "anything else is not",
        arguments: [
            "", "/", "dashboard", "/dashboardx", "/v1/keys", "//evil.example/dashboard", "https://evil.example/dashboard", "/dashboard//evil",
            "/dashboard/../v1/keys", "/dashboard/./x", "/dashboard\\evil", "/dashboard/\r\nX: y", "/dashboard/ x", "/dashboard/é", "/\\evil",
        ])
    func foreign(path: String) {
        #expect(DashboardPlace.ownPath(path) == nil)
    }

    @Test("cookies are only for TLS where the service is reached by TLS")
    func secure() {
        #expect(!DashboardPlace(publicURL: nil, isSecure: false).isSecure)
        #expect(!DashboardPlace(publicURL: "http://purser.example", isSecure: false).isSecure)
        #expect(DashboardPlace(publicURL: "https://purser.example", isSecure: false).isSecure)
        #expect(DashboardPlace(publicURL: nil, isSecure: true).isSecure)
        let zone = DashboardCookies(isSecure: true).set(.utc)
        #expect(zone == "purser_zone=UTC; Path=/dashboard; Max-Age=31536000; HttpOnly; SameSite=Strict; Secure")
        #expect(DashboardCookies(isSecure: true).clearSession().hasPrefix("__Host-purser_session=; Path=/; "))
        #expect(DashboardCookies(isSecure: false).clearSession().hasPrefix("purser_session=; Path=/dashboard; "))
    }

    private func isOwn(_ place: DashboardPlace, host: String, _ headers: [(String, String)]) -> Bool {
        var fields = HTTPFields()
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        let head = HTTPRequest(method: .post, scheme: "http", authority: host, path: "/dashboard/sign-in", headerFields: fields)
        return place.isOwn(Request(head: head, body: .init(buffer: ByteBuffer())))
    }

    @Test("a form comes from a page at the address that was asked for, or at the public one behind a proxy")
    func origins() {
        let place = DashboardPlace(publicURL: "https://purser.example:8443/", isSecure: false)
        #expect(isOwn(place, host: "127.0.0.1:8080", [("Origin", "http://127.0.0.1:8080")]))
        #expect(isOwn(place, host: "10.0.0.7:8080", [("Origin", "https://Purser.example:8443"), ("Sec-Fetch-Site", "same-origin")]))
        for origin in ["https://purser.example", "https://purser.example:8443.evil.example", "null", "", "purser.example:8443"] {
            #expect(!isOwn(place, host: "10.0.0.7:8080", [("Origin", origin)]), "\(origin)")
        }
        #expect(!isOwn(place, host: "", [("Origin", "http://")]))
        #expect(!isOwn(place, host: "a:1", [("Origin", "http://a:1"), ("Sec-Fetch-Site", "cross-site")]))
        #expect(!isOwn(place, host: "a:1", []))
    }

    @Test("an address that fails too often is shut out for a while, and no other")
    func limiter() {
        let limiter = SignInLimiter()
        let start = ContinuousClock.now
        for _ in 0..<SignInLimiter.maximumFailures {
            #expect(!limiter.isShut(to: "a", now: start))
            limiter.failed("a", now: start)
        }
        #expect(limiter.isShut(to: "a", now: start) && !limiter.isShut(to: "b", now: start))
        #expect(limiter.isShut(to: "a", now: start + SignInLimiter.window - .nanoseconds(1)))
        #expect(!limiter.isShut(to: "a", now: start + SignInLimiter.window))
        limiter.failed("a", now: start + SignInLimiter.window)
        #expect(!limiter.isShut(to: "a", now: start + SignInLimiter.window))
    }
}
