import Testing
import WebText

@Suite("Text in addresses and forms")
struct URLTextTests {
    @Test("a segment of a path says the same again", arguments: ["run-9f2", "a/b c%2F", "ä~.", "%", "\u{1F600}"])
    func segment(text: String) {
        #expect(URLText.unescaped(URLText.escaped(text).utf8) == text)
        #expect(!URLText.escaped(text).contains("/"))
    }

    @Test("what is no escape, or no UTF-8, says nothing", arguments: ["%", "%2", "%zz", "%ff"])
    func badSegment(segment: String) { #expect(URLText.unescaped(segment.utf8) == nil) }

    @Test("no segment leaves its path, and no value its field")
    func joined() {
        #expect(URLText.path(["runs", "../x"]) == "/runs/..%2Fx")
        #expect(URLText.form([("a b", "c&d=é~"), ("e", "")]) == "a%20b=c%26d%3D%C3%A9~&e=")
        #expect(URLText.unescaped(form: "1+%2B+2".utf8) == "1 + 2" && URLText.unescaped("1+2".utf8) == "1+2")
    }
}
