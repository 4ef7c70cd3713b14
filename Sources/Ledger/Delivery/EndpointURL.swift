/// The URL of a webhook, read strictly, so that every part of the service means the same host by it.
public struct EndpointURL: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is no such URL.
    public struct Fault: Error, Hashable, Sendable {
        /// What to write instead.
        public let detail: String

        public init(_ detail: String) { self.detail = detail }
    }

    /// The longest URL, in characters.
    public static let maximumLength = 2_048

    public let isSecure: Bool
    /// In lower case, without the brackets of an IPv6 address.
    public let host: String
    public let port: Int
    /// Path and query, beginning with `/`.
    public let target: String
    /// The address, where the host is one.
    public let address: NetworkAddress?
    private let authority: String

    /// - Parameter allowsPrivate: http and addresses that are not on the public internet are taken too.
    public init(_ text: String, allowsPrivate: Bool) throws(Fault) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.refused.contains($0) })
        else {
            throw Fault("send a URL of at most \(Self.maximumLength) ASCII characters; others must be percent-encoded, a host in punycode")
        }
        guard let end = text.firstRange(of: "://") else { throw Fault("send a URL that begins with https://") }
        switch text[..<end.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http" where allowsPrivate: isSecure = false
        default: throw Fault(allowsPrivate ? "send a URL that begins with https:// or http://" : "send a URL that begins with https://")
        }
        let rest = text[end.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw Fault("leave out user and password; requests are signed instead") }
        guard !rest.contains("#") else { throw Fault("leave out the fragment; it is never sent") }
        let (host, port) = try Self.split(authority)
        self.host = host.text
        address = host.address
        self.port = try port.map(Self.number) ?? (isSecure ? 443 : 80)
        let tail = rest[authority.endIndex...]
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
        self.authority = (host.isBracketed ? "[\(host.text)]" : host.text) + (port == nil ? "" : ":\(self.port)")
        if !allowsPrivate { try Self.refuseLocal(host.text, address) }
    }

    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    /// Characters that URL readers differ about.
    private static let refused = Set("\"<>\\^`{|}".utf8)

    private struct Host {
        let text: String
        let address: NetworkAddress?
        var isBracketed = false
    }

    private static func split(_ authority: Substring) throws(Fault) -> (Host, port: Substring?) {
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw Fault("an IPv6 address stands in brackets: [2001:db8::1]") }
            let text = authority[authority.index(after: authority.startIndex)..<close].lowercased()
            guard let address = NetworkAddress(ipv6: text) else { throw Fault("'\(text)' is no IPv6 address") }
            let tail = authority[authority.index(after: close)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw Fault("after the address comes a port or a path") }
            // The canonical text, so that nobody reads it otherwise.
            return (Host(text: address.description, address: address, isBracketed: true), tail.isEmpty ? nil : tail.dropFirst())
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map { $0.lowercased() } ?? ""
        let port = parts.count == 2 ? parts[1] : nil
        if NetworkAddress.looksLikeIPv4(name) {
            guard let address = NetworkAddress(ipv4: name) else { throw Fault("'\(name)' is no IPv4 address") }
            return (Host(text: address.description, address: address), port)
        }
        try check(name: name)
        return (Host(text: name, address: nil), port)
    }

    private static func check(name: String) throws(Fault) {
        var labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last == "", labels.count > 1 { labels.removeLast() }
        let isSound = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
        guard isSound, name.utf8.count <= 253 else { throw Fault("'\(name)' is no host name") }
    }

    private static func number(_ text: Substring) throws(Fault) -> Int {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text), (1...65_535).contains(port)
        else { throw Fault("a port is a number from 1 to 65535") }
        return port
    }

    private static func refuseLocal(_ host: String, _ address: NetworkAddress?) throws(Fault) {
        if let address {
            guard address.isPublic else { throw Fault("\(address) is not on the public internet; \(privateAdvice)") }
            return
        }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        // RFC 6761: these never leave the machine, whatever a resolver says.
        guard name != "localhost", !name.hasSuffix(".localhost") else { throw Fault("'\(host)' is this machine; \(privateAdvice)") }
    }

    /// What to do about an address that is refused.
    public static let privateAdvice = "whoever runs the service can allow private addresses with PURSER_WEBHOOK_ALLOW_PRIVATE=true"
}
