import Ledger
import Testing

@testable import Dashboard

@Suite("What is sent and shown")
struct TextTests {
    @Test(
        "money has the decimals that the eye needs",
        arguments: [
            ("0", "€0.00"), ("0.000000001", "<€0.000001"), ("0.0000005", "€0.000001"), ("0.004215", "€0.004215"), ("0.009999999", "€0.010000"),
            ("0.01", "€0.0100"), ("0.99996", "€1.0000"), ("1", "€1.00"), ("1.005", "€1.01"), ("999.995", "€1,000.00"), ("3104.99", "€3,104.99"),
            ("-1234567.891", "−€1,234,567.89"), ("9223372036.854775807", "€9,223,372,036.85"), ("x", "x"),
        ])
    func money(exact: String, shown: String) {
        let text = AmountText(money: exact, currency: "EUR")
        #expect(text.text == shown && text.exact == exact)
    }

    @Test("counts and shares")
    func counts() {
        #expect(AmountText(count: 0).text == "0" && AmountText(count: 1_234_567).text == "1,234,567" && AmountText(count: .min).text.hasPrefix("−9,"))
        #expect(AmountText.percent(80) == "80\u{A0}%" && AmountText.percent(77.65) == "77.7\u{A0}%" && AmountText.percent(.infinity) == "–")
        #expect(AmountText(money: "5", currency: "CHF").text == "CHF\u{A0}5.00")
    }

    @Test("amounts in sentences of the interface are those of the page, and other sentences stay")
    func sentences() {
        let review = SentenceText.review("73.5486 USD spent; the month will cost 1200 USD. 3 EUR, 12 CPU.", currency: "USD")
        #expect(review == "$73.55 spent; the month will cost $1,200.00. 3 EUR, 12 CPU.")
        let compared = SentenceText.economics("a result costs 2.031; the target 1.5", currency: "EUR")
        #expect(compared == "a result costs €2.03; the target €1.50")
        #expect(SentenceText.economics("a result costs 3 after 1.5, 100 % more", currency: "EUR") == "a result costs €3.00 after €1.50, 100 % more")
        #expect(SentenceText.economics("80 % is used", currency: "EUR") == "80 % is used")
        func asked(_ text: String) -> String { SentenceText.question(text) { "<\($0)>" } }
        #expect(asked("the call asks for 9; 0.9 held and 0 spent of 1") == "<0.9> held and <0> spent of <1>")
        #expect(asked("a single call asks for 9, more than 5") == "a single call may take <5> at most" && asked("because") == "because")
    }

    @Test("what is wrong with an amount is said in a few words")
    func faults() {
        let detail = "send a decimal string from \"0\" to \"9223372036.854775807\" with at most nine decimals, without sign or exponent"
        #expect(FaultText.text(detail) == "Write 9.50.")
        #expect(FaultText.text("send a decimal string with at most nine decimals, with '-' to take away").contains("-9.50"))
        #expect(FaultText.text("send a whole number from 0 to 9").contains("whole number") && FaultText.text("say why") == "say why")
    }

    @Test("times are those of the reader's zone, and say how far they are")
    func times() throws {
        let now = try #require(Timestamp(rfc3339: "2026-03-29T01:30:00Z"))
        let paris = try #require(Zone("Europe/Paris"))
        // The clocks of Paris went forward half an hour ago.
        let text = TimeText(now.adding(seconds: -3_600), zone: paris, now: now)
        #expect(text.text == "29 Mar 2026, 01:30" && text.iso == "2026-03-29T00:30:00Z" && text.distance == "1 h ago")
        #expect(TimeText(now, zone: paris, now: now).text == "29 Mar 2026, 03:30")
        #expect(TimeText(now.adding(seconds: 90), zone: .utc, now: now).distance == "in 1 min")
        #expect(TimeText(now.adding(seconds: 4), zone: .utc, now: now).distance == "now")
        #expect(TimeText(now.adding(seconds: -200_000), zone: .utc, now: now).distance == "2 days ago")
    }

    @Test("forms are read as they were sent")
    func fields() throws {
        let form = try #require(Fields(urlEncoded: "a=1+%2B+2&b=&c&a=x&d=%F0%9F%92%B6%0D%0A&=e".utf8))
        #expect(form["a"] == "1 + 2" && form["b"] == nil && form["c"] == nil && form["d"] == "💶" && form["e"] == nil)
        for bad in ["a=%", "a=%4", "a=%zz", "a=%ff", "%c3%28=x", String(repeating: "a&", count: 300), String(repeating: "a", count: 70_000)] {
            #expect(Fields(urlEncoded: bad.utf8) == nil, "\(bad.prefix(20))")
        }
        #expect(Fields.query([("a b", "c/d&e"), ("x", nil), ("é", "")]) == "a%20b=c%2Fd%26e&%C3%A9=")
    }
}
