import Ledger
import Testing

@Suite("Which events somebody wants to hear of")
struct EventSelectionTests {
    @Test("no pattern and * select everything")
    func everything() throws {
        for patterns in [[], ["*"], ["alert", "*"]] {
            let selection = try EventSelection(patterns: patterns)
            #expect(selection == .all)
            #expect(Event.Kind.allCases.allSatisfy(selection.includes))
        }
    }

    @Test("a kind selects itself, a family itself and what is below it")
    func families() throws {
        let one = try EventSelection(patterns: ["alert"])
        #expect(one.kinds == [.alert])
        #expect(!one.includes(.alertCleared))
        #expect(try EventSelection(patterns: ["alert.*"]).kinds == [.alert, .alertCleared])
        let approvals = try EventSelection(patterns: ["approval.*", "alert"])
        #expect(
            approvals.kinds == [.alert, .approvalRequested, .approvalReminded, .approvalApproved, .approvalRejected, .approvalExpired])
    }

    @Test(
        "a pattern that nothing matches is refused by name",
        arguments: ["alerts", "approval", "approval.", "a*", "alert*", "", ".*", "alert.cleared.*"])
    func unknown(pattern: String) {
        let error = #expect(throws: EventSelection.UnknownPattern.self) { try EventSelection(patterns: ["alert", pattern]) }
        #expect(error?.pattern == pattern)
        #expect(error?.description.contains("approval.*") == true)
    }
}
