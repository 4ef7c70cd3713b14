import Ledger
import Testing

@Suite("Kinds of events")
struct EventKindTests {
    @Test("every kind is a word, or two with a dot between, so that a pattern such as alert.* can name a family")
    func names() {
        for kind in Event.Kind.allCases {
            #expect(kind.rawValue.wholeMatch(of: /[a-z]+(\.[a-z_]+)?/) != nil, "\(kind)")
        }
    }
}
