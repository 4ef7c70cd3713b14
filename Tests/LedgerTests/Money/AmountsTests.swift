import Ledger
import Testing

@Suite("Amounts of the four meters")
struct AmountsTests {
    @Test("each meter reads and writes its own", arguments: Meter.allCases)
    func subscripts(meter: Meter) {
        var amounts = Amounts(cost: 1, tokens: 2, modelCalls: 3, toolCalls: 4)
        amounts[meter] = 99
        #expect(amounts[meter] == 99)
        for other in Meter.allCases where other != meter {
            #expect(amounts[other] == Amounts(cost: 1, tokens: 2, modelCalls: 3, toolCalls: 4)[other])
        }
    }

    @Test("a hold gives back what was not used, and never less than nothing")
    func remainder() {
        let held = Amounts(cost: 100, tokens: 50, modelCalls: 1)
        #expect(held.remainder(after: Amounts(cost: 30, tokens: 50, modelCalls: 1)) == Amounts(cost: 70))
        #expect(held.remainder(after: Amounts(cost: 130, tokens: 10, modelCalls: 1, toolCalls: 5)) == Amounts(tokens: 40))
        #expect(held.remainder(after: .zero) == held)
    }

    @Test("cost counts every call; tokens and model calls the model calls; tool calls the tool calls")
    func kinds() {
        #expect(Meter.allCases.map { $0.counts(toolCall: false) } == [true, true, true, false])
        #expect(Meter.allCases.map { $0.counts(toolCall: true) } == [true, false, false, true])
        #expect(Meter.allCases.map(\.rawValue) == ["cost", "tokens", "model_calls", "tool_calls"])
    }
}
