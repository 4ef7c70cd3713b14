internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// What `POST /v1/prices/import` is asked to do with the file.
struct PriceImportQuery {
    /// Nil: from now on.
    let effective: Timestamp?
    /// The hash that the file must have; nil: any.
    let pinned: ContentHash?
    let rate: ExchangeRate
    let isDryRun: Bool

    init(_ request: Request) throws {
        let query = try Query(request, known: ["effective", "sha256", "rate", "dry_run"])
        effective = try query["effective"].map { text in
            guard let time = Timestamp(rfc3339: text) else { throw Problem.invalid("?effective", "send an RFC 3339 time") }
            return time
        }
        pinned = try query["sha256"].map { text in
            guard let hash = ContentHash(hex: text) else { throw Problem.invalid("?sha256", "send the 64 hexadecimal digits of the file's SHA-256") }
            return hash
        }
        rate =
            try query["rate"].map { text in
                guard let rate = ExchangeRate(text) else {
                    throw Problem.invalid("?rate", "send a decimal above 0, at most 1000000, with at most nine decimals, such as 0.92")
                }
                return rate
            } ?? .one
        isDryRun = try query.flag("dry_run")
    }
}
