internal import HTTPTypes
internal import Hummingbird

/// Where a browser finds the dashboard, and so which requests come from its own pages.
struct DashboardPlace: Sendable {
    /// `host` or `host:port` of the address that people use; nil: whichever they ask for.
    private let authority: String?
    /// The address that people use, without a slash at the end; nil: whichever they ask for.
    let publicURL: String?
    /// Whether they come over TLS.
    let isSecure: Bool

    init(publicURL: String?, isSecure: Bool) {
        authority = publicURL.flatMap(Self.authority)
        self.publicURL = publicURL
        self.isSecure = isSecure || publicURL?.lowercased().hasPrefix("https://") ?? false
    }

    /// Whether a form was sent by a page of the dashboard: the browser says where it came from (`Sec-Fetch-Site`, `Origin`), and
    /// whoever says nothing is refused.
    func isOwn(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site"), let sent = request.headers[site], sent != "same-origin" { return false }
        guard let origin = request.headers[.origin], let sender = Self.authority(origin) else { return false }
        let host = request.head.authority ?? ""
        return sender == host.lowercased() || sender == authority
    }

    /// Whether a link of another site leads here: then a browser keeps the session's cookie back.
    func isFromElsewhere(_ request: Request) -> Bool {
        guard let site = HTTPField.Name("Sec-Fetch-Site"), let mode = HTTPField.Name("Sec-Fetch-Mode") else { return false }
        return request.headers[site] == "cross-site" && request.headers[mode] == "navigate"
    }

    /// Of `scheme://authority/…`, in lower case.
    private static func authority(_ url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return authority.isEmpty ? nil : authority.lowercased()
    }

    /// A path of the dashboard with its query, or nil: nobody is sent anywhere else.
    static func ownPath(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 2_048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        guard path == "/dashboard" || path.hasPrefix("/dashboard/"), !path.contains("//"),
            !path.split(separator: "/").contains(where: { $0 == ".." || $0 == "." })
        else { return nil }
        return text
    }
}
