import Foundation

/// What `serve` prints once it listens.
struct Welcome: Sendable {
    static let sampleModel = "gpt-5"

    /// A key that was made by this start; it is shown this once.
    var newKey: String?
    var keyText = "$PURSER_KEY"
    var envelope: String?
    var hasSampleModel = false

    func print(host: String, port: Int, secure: Bool) {
        let url = "\(secure ? "https" : "http")://\(host):\(port)"
        var lines = ["purser is ready on \(url)", "dashboard: \(url)/dashboard"]
        if let newKey { lines.append("admin key, shown this once: \(newKey)") }
        lines += [""] + curls(url)
        if keyText == "$PURSER_KEY" {
            lines += ["", "(set PURSER_KEY to your admin key first; `purser keys create --role admin` makes another one)"]
        }
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// Reserve, commit, and look at what it did.
    private func curls(_ url: String) -> [String] {
        let auth = "-H \"Authorization: Bearer \(keyText)\""
        let json = "-H 'Content-Type: application/json'"
        let call =
            hasSampleModel
            ? "\"model\":\"\(Self.sampleModel)\",\"estimate\":{\"input_tokens\":1200,\"output_tokens\":800}"
            : "\"model\":\"any\",\"estimate\":{\"cost\":\"0.01\"}"
        let tags = """
            {"team_id":"support","cost_center":"cc-42","workflow_name":"support_triage","environment":"production",\
            "intent":"production","agent_id":"triage-7","run_id":"run-1","user_id":"u-17"}
            """
        let used = hasSampleModel ? "{\"usage\":{\"input_tokens\":1180,\"output_tokens\":640}}" : "{\"cost\":\"0.008\"}"
        return [
            "R=$(curl -s \(url)/v1/reservations \(auth) -H \"Idempotency-Key: $(date +%s%N)\" \(json) -d '{\"tags\":\(tags),\(call)}'); echo \"$R\"",
            "curl -s \(url)/v1/reservations/$(echo \"$R\" | sed 's/{\"id\":\"\\([^\"]*\\).*/\\1/')/commit \(auth) \(json) -d '\(used)'; echo",
            "curl -s \(url)/v1/envelopes/\(envelope ?? "NAME")/balances \(auth); echo",
        ]
    }
}
