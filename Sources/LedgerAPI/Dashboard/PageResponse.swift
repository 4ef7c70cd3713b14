internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Answers with HTML.
enum PageResponse {
    /// No scripts at all, no styles but the one sheet, no other origin, and no frame around it.
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    private static let headers: HTTPFields = {
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-store"
        headers[.contentSecurityPolicy] = policy
        headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in [
            // A page's own forms need their origin to be told, which `no-referrer` would hide.
            ("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return headers
    }()

    static func html(_ text: String, status: HTTPResponse.Status = .ok, cookies: [String] = []) -> Response {
        Response(status: status, headers: with(cookies), body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// To another page of the dashboard, by GET.
    static func redirect(to path: String, cookies: [String] = []) -> Response {
        var headers = with(cookies)
        headers[.contentType] = nil
        headers[.location] = path
        return Response(status: .seeOther, headers: headers)
    }

    private static func with(_ cookies: [String]) -> HTTPFields {
        var headers = headers
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return headers
    }
}
