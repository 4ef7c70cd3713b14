internal import Hummingbird
internal import JSON
internal import Ledger
internal import LedgerStore
public import Logging
public import ServiceLifecycle

/// The hot route without keys and ledger: the same decoder, the same encoder, a fixed answer of four envelopes. What
/// remains of a measurement against it is the cost of the ledger.
public enum BareServer {
    /// Listens on loopback only.
    public static func make(port: Int, logger: Logger, onReady: @escaping @Sendable (Int) async -> Void) -> some Service {
        let hold = sample()
        let key = APIKey(id: .none, role: .gateway, tags: Tags(), agentID: nil, name: nil, createdAt: Timestamp(microseconds: 0), revokedAt: nil)
        var table = RouteTable()
        table.add(.post, "/v1/reservations") { request, _ in
            let body = try await RequestBody.decode(request) { reader throws(JSONError) in try ReserveBody(&reader) }
            _ = try body.request(key: key, idempotencyKey: try IdempotencyHeader.read(request))
            return ReservationAnswer.created(hold)
        }
        let router = Router(context: PurserContext.self)
        router.add(middleware: ProblemMiddleware())
        table.register(on: router)
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: "purser"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? port) },
            logger: logger
        )
    }

    private static func sample() -> AdmittedHold {
        let month = Window(start: Timestamp(seconds: 1_793_491_200), end: Timestamp(seconds: 1_796_083_200))
        let views = [("bench-all", ""), ("bench-team", "team_id"), ("bench-agent", "agent_id"), ("bench-user", "user_id")].map { name, label in
            BalanceView(
                identity: BalanceIdentity(
                    id: .none, envelope: name, meter: .cost, rule: "", names: label.isEmpty ? [] : [label],
                    values: label.isEmpty ? [] : ["\(label)-17"],
                    window: month),
                limit: 1_000_000_000_000_000, held: 123_456_789_000, spent: 987_654_321_000)
        }
        return AdmittedHold(
            id: .fresh(at: Timestamp(seconds: 1_794_000_000)), decision: "allow", model: "gpt-5", reason: nil,
            held: Amounts(cost: 9_500_000, tokens: 2_000, modelCalls: 1), expiresAt: Timestamp(microseconds: 1_794_000_120_123_456), balances: views)
    }
}
