/// Writes the requests of a bench run. Every call carries four tags with which an envelope may count: one value of
/// `team_id` out of 16, of `agent_id` out of 64, of `user_id` out of 256 or as many as are asked for, and one `workflow_name` shared by all;
/// and a `run_id`, the same for all or one for so many calls.
struct BenchRequests {
    private let reserveHead: [UInt8]
    private let commitTail: [UInt8]
    private let runID: String
    private let users: UInt64
    private let steps: UInt64
    private var counter: UInt64
    private var sent: UInt64 = 0

    /// - Parameters:
    ///   - lane: the number of the connection, so that no two connections use a key twice.
    init(_ plan: BenchPlan, connection: Int) {
        let common = "Host: \(plan.host)\r\nAuthorization: Bearer \(plan.key)\r\nContent-Type: application/json\r\n"
        reserveHead = Array("POST /v1/reservations HTTP/1.1\r\n\(common)".utf8)
        let usage = #"{"usage":{"input_tokens":1180,"output_tokens":640},"usage_source":"provider","status":"ok","latency_ms":812}"#
        commitTail = Array("/commit HTTP/1.1\r\n\(common)Content-Length: \(usage.utf8.count)\r\n\r\n\(usage)".utf8)
        runID = "\(plan.runID)-\(connection)"
        users = UInt64(max(1, plan.users))
        steps = UInt64(max(0, plan.steps))
        counter = UInt64(connection) &* 7_919
    }

    mutating func reserve(into bytes: inout [UInt8]) {
        counter &+= 1
        let team = counter % 16
        let agent = counter &* 31 % 64
        let user = counter &* 17 % users
        let run = steps == 0 ? "run-9f2" : "\(runID)-\(sent / steps)"
        let position = steps == 0 ? #""step":4"# : #""step":\#(sent % steps + 1),"state_hash":"\#(String(counter, radix: 16))""#
        sent += 1
        let body =
            #"{"tags":{"team_id":"team-\#(team)","cost_center":"cc-42","workflow_name":"bench","environment":"production","intent":"production","agent_id":"agent-\#(agent)","run_id":"\#(run)","user_id":"user-\#(user)"},"model":"gpt-5","estimate":{"input_tokens":1200,"output_tokens":800},"ttl_seconds":3600,\#(position)}"#
        bytes.append(contentsOf: reserveHead)
        bytes.append(contentsOf: "Idempotency-Key: \(runID)-\(counter)\r\nContent-Length: \(body.utf8.count)\r\n\r\n".utf8)
        bytes.append(contentsOf: body.utf8)
    }

    /// - Parameter id: the 36 bytes of a reservation's id.
    func commit(_ id: some Collection<UInt8>, into bytes: inout [UInt8]) {
        bytes.append(contentsOf: "POST /v1/reservations/".utf8)
        bytes.append(contentsOf: id)
        bytes.append(contentsOf: commitTail)
    }
}
