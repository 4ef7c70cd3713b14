import Foundation

/// Verifies signatures of Standard Webhooks with the standard library of another language.
enum SignatureCheck {
    private static let script = """
        import base64, hashlib, hmac, sys
        secret, identifier, stamp, header = sys.argv[1:5]
        body = open(sys.argv[5], "rb").read()
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.new(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
        sys.exit(0 if expected in header.split(" ") else 1)
        """

    /// Whether one of the message's signatures was made with this secret.
    static func holds(_ message: Receiver.Message, secret: String, folder: TestFolder) async throws -> Bool {
        let path = "\(folder.path)/\(message.id).body"
        try Data(message.body.utf8).write(to: URL(fileURLWithPath: path))
        let process = try ChildProcess(
            [
                "/usr/bin/env", "python3", "-c", script, secret, message.id, message.headers["webhook-timestamp"] ?? "",
                message.headers["webhook-signature"] ?? "", path,
            ], environment: ["PATH": "/usr/bin:/bin:/usr/local/bin"], folder: folder, name: "signature")
        let status = try await process.end()
        guard status <= 1 else { throw Failure("the check itself failed: \(process.errors)") }
        return status == 0
    }
}
