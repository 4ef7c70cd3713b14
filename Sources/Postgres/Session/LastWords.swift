internal import CLibPQ

/// Keeps what the server said when it ended a session that nobody was using: libpq takes that for a mere notice. All
/// other notices are dropped.
final class LastWords {
    private(set) var error: PostgresError?

    /// Listens to a connection, which must not outlive this object.
    func listen(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                let error = PostgresError(result: result)
                guard error.isConnectionLoss else { return }
                Unmanaged<LastWords>.fromOpaque(context).takeUnretainedValue().error = error
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }
}
