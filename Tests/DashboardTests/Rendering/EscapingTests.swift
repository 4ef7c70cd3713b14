import Ledger
import Testing

@testable import Dashboard

@Suite("Nothing that is shown can be taken for HTML")
struct EscapingTests {
    @Test(
        "every character that means something is escaped, whatever stands behind it",
        arguments: ["<", ">", "&", "\"", "'"], ["", "\u{301}", "\u{200D}", "\u{FE0F}", "\u{20D2}"])
    func scalars(mark: String, behind: String) {
        let escaped = HTMLText.escaped("a\(mark)\(behind)b")
        #expect(!escaped.unicodeScalars.dropFirst(1).contains(where: { "<>\"'".unicodeScalars.contains($0) }), "\(escaped)")
        #expect(escaped.unicodeScalars.count > 2 + behind.unicodeScalars.count)
    }

    @Test("values of a page are escaped in elements, in attributes and in partials")
    func page() throws {
        let hostile = "\"\u{301} onfocus=x <script>alert(1)</script>'"
        let visit = Visit(
            visitor: Visitor(name: hostile, role: .admin, organisation: hostile, currency: "EUR"), path: "/dashboard/time-zone",
            now: .init(seconds: 0), interface: Interface { _ in InterfaceAnswer(status: 404, body: []) })
        let html = try Renderer().page(
            TimeZonePage.view(visit, wrong: hostile), for: visit, session: Renderer.Session(csrf: hostile, notice: hostile))
        #expect(!html.contains("<script"))
        let scalars = Array(html.unicodeScalars)
        #expect(!zip(scalars, scalars.dropFirst()).contains { $0 == "\"" && $1 == "\u{301}" })
        // Name, organisation, notice, the zone that was typed, and the token of two forms.
        #expect(html.components(separatedBy: "&lt;script&gt;").count - 1 == 6)
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
}
