import Foundation
import Postgres

@testable import struct Postgres.Command
@testable import struct Postgres.ServerBinaries

/// A certificate authority of its own and one certificate that it gave out, made by the `openssl` command.
struct TestCertificates {
    /// Paths of PEM files.
    let authority: String
    let certificate: String
    let key: String

    init(folder: String, host: String) throws {
        authority = folder + "/authority.pem"
        certificate = folder + "/server.pem"
        key = folder + "/server.key"
        let (authorityKey, request, extensions) = (folder + "/authority.key", folder + "/server.csr", folder + "/san")
        try "subjectAltName=DNS:\(host)".write(toFile: extensions, atomically: true, encoding: .utf8)
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try Self.openssl(
            folder, ["req", "-x509", "-subj", "/CN=authority", "-keyout", authorityKey, "-out", authority] + newKey)
        try Self.openssl(folder, ["req", "-subj", "/CN=\(host)", "-keyout", key, "-out", request] + newKey)
        try Self.openssl(
            folder,
            [
                "x509", "-req", "-in", request, "-CA", authority, "-CAkey", authorityKey, "-CAcreateserial",
                "-extfile", extensions, "-out", certificate,
            ])
        chmod(key, 0o600)
    }

    private static func openssl(_ folder: String, _ words: [String]) throws {
        guard let program = ServerBinaries.inPath("openssl") else {
            throw PostgresError(.misuse, "the tests need the openssl command")
        }
        let answer = try Command([program] + words, directory: folder).run(timeout: .seconds(30))
        guard answer.status == 0 else { throw PostgresError(.misuse, answer.text) }
    }
}
