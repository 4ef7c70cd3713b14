/// What came of one statement.
enum Outcome {
    case rows(Rows)
    case failed(PostgresError)
    /// An earlier step of the pipeline failed.
    case skipped

    /// The error of the statement, if any. A COMMIT that the server turned into a rollback is one.
    func failure(of statement: Statement?, index: Int?) -> PostgresError? {
        switch self {
        case .failed(let error): error.with(statementIndex: index)
        case .rows(let rows) where statement == .commit && rows.commandTag == "ROLLBACK":
            PostgresError(
                .server,
                "COMMIT rolled back, because an earlier statement of the transaction failed",
                sqlState: .inFailedTransaction,
                statementIndex: index
            )
        default: nil
        }
    }
}
