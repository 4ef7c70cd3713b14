import Ledger
import Testing

@Suite("A logged call")
struct CallDraftTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func draft(_ values: [(CallDraft.Field, String)], tags: [(String, String)] = []) throws -> CallDraft {
        var draft = CallDraft()
        for (field, value) in values { try draft.set(field, value, at: field.rawValue) }
        for (name, value) in tags { try draft.tag(name, value, at: name) }
        return draft
    }

    private static let least: [(CallDraft.Field, String)] = [(.time, "1795255320"), (.model, "m"), (.cost, "0.5")]

    @Test("values come as text, whole numbers also with a point, and empty ones say nothing")
    func values() throws {
        let call = try Self.draft(
            Self.least + [
                (.inputTokens, "12.0"), (.outputTokens, "3"), (.status, "Success"), (.endTime, "1795255321.5"), (.id, ""), (.tool, ""),
            ], tags: [("team_id", "a"), ("team_id", "b"), ("user_id", "")]
        ).call(latest: Self.now)
        #expect(call.usage == TokenUsage(input: 12, output: 3) && call.statedCost == Money("0.5") && call.status == .ok)
        #expect(call.latencyMilliseconds == 1_500 && call.ownID == nil && call.tags.entries == [Tags.Tag(name: "team_id", value: "a")])
        #expect(try Self.draft(Self.least + [(.status, "429")]).call(latest: Self.now).status == .error)
        #expect(try Self.draft(Self.least + [(.status, "stop")]).call(latest: Self.now).status == nil)
    }

    @Test("what cannot be booked is refused, with the place and what to write instead")
    func refused() throws {
        for (values, place) in [
            ([(.cost, "-1")], "cost"), ([(.cost, "$0.1")], "cost"), ([(.cost, "1e30")], "cost"), ([(.inputTokens, "1.5")], "inputTokens"),
            ([(.inputTokens, "1000000000001")], "inputTokens"), ([(.time, "soon")], "time"),
            ([(.model, String(repeating: "x", count: 257))], "model"), ([(.model, "a\nb")], "model"),
        ] as [([(CallDraft.Field, String)], String)] {
            let fault = #expect(throws: LogFault.self) { _ = try Self.draft(values) }
            #expect(fault?.place == place)
        }
        let wholes: [[(CallDraft.Field, String)]] = [
            [(.model, "m"), (.cost, "1")], [(.time, "1800000001"), (.model, "m"), (.cost, "1")], [(.time, "5"), (.cost, "1")],
            [(.time, "5"), (.model, "m"), (.tool, "t"), (.cost, "1")], [(.time, "5"), (.model, "m")],
            Self.least + [(.inputTokens, "1"), (.cachedInputTokens, "2")],
        ]
        for values in wholes { #expect(throws: LogFault.self) { _ = try Self.draft(values).call(latest: Self.now) } }
        #expect(throws: LogFault.self) { _ = try Self.draft([], tags: [("model", "x")]) }
        #expect(throws: LogFault.self) { _ = try Self.draft([], tags: [("a", String(repeating: "x", count: 257))]) }
    }

    @Test("a cost that is told wins; else the price of then, or the first that is known; a model without one has none")
    func cost() throws {
        var prices = PriceBook()
        prices.add(.init(effectiveFrom: Self.now, price: ModelPrice(input: 1_000_000, output: 2_000_000)), model: "m")
        let tokens: [(CallDraft.Field, String)] = [(.time, "5"), (.inputTokens, "3"), (.outputTokens, "1")]
        let call = try Self.draft(tokens + [(.model, "m")]).call(latest: Self.now)
        #expect(try call.cost(by: prices) == Money(nanos: 5))
        #expect(try Self.draft(tokens + [(.model, "m"), (.cost, "7")]).call(latest: Self.now).cost(by: prices) == Money("7"))
        #expect(try Self.draft(tokens + [(.model, "other")]).call(latest: Self.now).cost(by: prices) == nil)
        #expect(try Self.draft([(.time, "5"), (.tool, "t")]).call(latest: Self.now).cost(by: prices) == .zero)
    }

    @Test("a call that the log names is told by name and time, any other by all that it says and its turn")
    func identity() throws {
        let named = try Self.draft(Self.least + [(.id, "x")]).call(latest: Self.now)
        let dearer = try Self.draft([(.time, "1795255320"), (.model, "m"), (.cost, "0.6"), (.id, "x")]).call(latest: Self.now)
        #expect(named.identity(occurrence: 0).bytes == dearer.identity(occurrence: 1).bytes)
        let later = try Self.draft([(.time, "1795255321"), (.model, "m"), (.cost, "0.5"), (.id, "x")]).call(latest: Self.now)
        #expect(named.identity(occurrence: 0).bytes != later.identity(occurrence: 0).bytes, "some logs only number their lines")
        let nameless = try Self.draft(Self.least).call(latest: Self.now)
        #expect(nameless.identity(occurrence: 0).bytes != nameless.identity(occurrence: 1).bytes)
        let tagged = try Self.draft(Self.least, tags: [("team_id", "a")]).call(latest: Self.now)
        #expect(nameless.identity(occurrence: 0).bytes != tagged.identity(occurrence: 0).bytes)
    }
}
