import Ledger
import Testing

@Suite("Where messages may be sent")
struct EndpointURLTests {
    @Test(
        "addresses that are not on the public internet are refused, however they are written",
        arguments: [
            "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1", "017700000001", "0x7f.0.0.0x1", "127.0.0.1.",
            "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0xa9fea9fe", "2852039166",
            "100.64.0.1", "100.127.255.255", "0.0.0.0", "0", "0.1.2.3", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
            "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]",
            "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:c0a8:101::1]", "[2001::1]",
            "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]",
            "[fec0::1]", "[ff02::1]", "localhost", "LOCALHOST", "localhost.", "a.localhost",
        ])
    func privateAddresses(host: String) {
        for text in ["https://\(host)/x", "https://\(host):8443", "https://\(host)?q=1"] {
            #expect(throws: EndpointURL.Fault.self, "\(text)") { try EndpointURL(text, allowsPrivate: false) }
            #expect(throws: Never.self, "\(text)") { try EndpointURL(text, allowsPrivate: true) }
        }
    }

    @Test(
        "public ones are taken",
        arguments: [
            "8.8.8.8", "1.1.1.1", "134744072", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "169.253.0.1", "192.0.1.1",
            "198.17.255.255", "198.20.0.1", "223.255.255.255", "11.0.0.1", "[2606:4700:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::8.8.8.8]",
            "[2002:808:808::1]", "[2a00:1450::1]", "hooks.example.com", "xn--bcher-kva.example", "a_b.example.com", "localhost.example.com",
            "10.example.com", "example.com.",
        ])
    func publicAddresses(host: String) throws {
        #expect(throws: Never.self) { try EndpointURL("https://\(host)/x", allowsPrivate: false) }
    }

    @Test(
        "what URL readers could differ about is refused, whoever allows what",
        arguments: [
            "", "x", "https://", "https:///x", "//example.com", "ftp://example.com", "javascript:alert(1)", "https:/example.com",
            "https://user@example.com/", "https://user:secret@example.com/", "https://example.com@127.0.0.1/", "https://example.com\\@127.0.0.1/",
            "https://exa mple.com/", "https://example.com/a b", "https://example.com/\n", "https://example.com/#part", "https://bücher.example/",
            "https://example.com:0/", "https://example.com:65536/", "https://example.com:+80/", "https://example.com:/", "https://example.com:x/",
            "https://exam%70le.com/", "https://-/\u{7f}", "https://a..b/", "https://.a/", "https://[::1/", "https://[::1]x/",
            "https://[fe80::1%25eth0]/",
            "https://[1:2:3]/", "https://[::1::]/", "https://[12345::]/", "https://[::256.0.0.1]/", "https://256.0.0.1/", "https://1.2.3.4.5/",
            "https://0x/\"", "https://4294967296/", "https://1.2.3.256/", "https://08.0.0.1/", "https://example.0x1g.1/", "https://a.b.1/",
        ])
    func malformed(text: String) {
        for allowsPrivate in [false, true] {
            #expect(throws: EndpointURL.Fault.self) { try EndpointURL(text, allowsPrivate: allowsPrivate) }
        }
    }

    @Test("http is for private installations")
    func plain() {
        #expect(throws: EndpointURL.Fault.self) { try EndpointURL("http://example.com/", allowsPrivate: false) }
        #expect(throws: Never.self) { try EndpointURL("http://example.com/", allowsPrivate: true) }
    }

    @Test("the host is kept in one form, the rest as it is")
    func forms() throws {
        #expect(try EndpointURL("HTTPS://Example.COM", allowsPrivate: false).description == "https://example.com/")
        #expect(try EndpointURL("https://example.com?a=B%20c", allowsPrivate: false).description == "https://example.com/?a=B%20c")
        #expect(try EndpointURL("https://0x08.8.8.8:444/P", allowsPrivate: false).description == "https://8.8.8.8:444/P")
        let url = try EndpointURL("https://[2606:4700::1111]/x", allowsPrivate: false)
        #expect(url.host == "2606:4700:0:0:0:0:0:1111")
        #expect(url.description == "https://[2606:4700:0:0:0:0:0:1111]/x")
        #expect(url.port == 443)
    }

    @Test("a long URL is refused")
    func length() {
        let path = String(repeating: "a", count: EndpointURL.maximumLength - "https://example.com/".count)
        #expect(throws: Never.self) { try EndpointURL("https://example.com/" + path, allowsPrivate: false) }
        #expect(throws: EndpointURL.Fault.self) { try EndpointURL("https://example.com/a" + path, allowsPrivate: false) }
    }
}
