internal import Hummingbird
internal import Ledger
internal import LedgerStore

/// What `POST /v1/imports` is asked to do with the log.
struct ImportQuery {
    private enum Unpriced: String {
        case refuse, zero
    }

    let format: LogFormat
    /// Nil: as the import is identified.
    let name: String?
    let rate: ExchangeRate
    let takesUnpriced: Bool
    let isDryRun: Bool

    init(_ request: Request) throws {
        let query = try Query(request, known: ["format", "name", "rate", "unpriced", "dry_run"])
        guard let format = query["format"].flatMap(LogFormat.init) else {
            throw Problem.invalid("?format", "send one of \(LogFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.format = format
        name = try query["name"].map { name in
            guard (1...ImportRequest.maximumNameLength).contains(name.unicodeScalars.count) else {
                throw Problem.invalid("?name", "send 1 to \(ImportRequest.maximumNameLength) characters")
            }
            return name
        }
        rate =
            try query["rate"].map { text in
                guard let rate = ExchangeRate(text) else {
                    throw Problem.invalid("?rate", "send a decimal above 0, at most 1000000, with at most nine decimals, such as 0.92")
                }
                return rate
            } ?? .one
        guard let unpriced = Unpriced(rawValue: query["unpriced"] ?? "refuse") else {
            throw Problem.invalid("?unpriced", "send refuse, or zero to take calls of models without a price at no cost")
        }
        takesUnpriced = unpriced == .zero
        isDryRun = try query.flag("dry_run")
    }
}
