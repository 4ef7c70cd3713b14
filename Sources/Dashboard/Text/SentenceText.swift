/// Sentences of the interface, which have plain numbers for programs, with their amounts as pages show them. A sentence that is not known
/// stands as it is.
enum SentenceText {
    /// `73.5486 USD spent` as `$73.55 spent`.
    static func review(_ text: String, currency: String) -> String {
        text.replacing(#/([0-9]+(?:\.[0-9]+)?) ([A-Z]{3})\b/#) { found in
            found.2 == currency ? money(found.1, currency) : String(found.0)
        }
    }

    /// `a result costs 2.031; the target 1.5` as `a result costs $2.03; the target $1.50`.
    static func economics(_ text: String, currency: String) -> String {
        text.replacing(#/(a result costs|; people|; the target|its target of|after) ([0-9]+(?:\.[0-9]+)?)/#) { found in
            "\(found.1) \(money(found.2, currency))"
        }
    }

    /// Why a person is asked, without the amount that stands beside it.
    ///
    /// - Parameter shown: an amount of the envelope's meter as pages show it.
    static func question(_ text: String, shown: (String) -> String) -> String {
        if let found = text.wholeMatch(of: #/the call asks for \S+; (\S+) held and (\S+) spent of (\S+)/#) {
            return "\(shown(String(found.1))) held and \(shown(String(found.2))) spent of \(shown(String(found.3)))"
        }
        if let found = text.wholeMatch(of: #/a single call asks for \S+, more than (\S+)/#) {
            return "a single call may take \(shown(String(found.1))) at most"
        }
        return text
    }

    private static func money(_ text: Substring, _ currency: String) -> String { AmountText(money: String(text), currency: currency).text }
}
