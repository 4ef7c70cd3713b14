internal import CLibPQ
internal import Foundation

extension Session {
    /// Reads what the server sent while nobody used the session, without asking it anything. False, and closed, if that
    /// was its end.
    func hasSurvivedIdling() -> Bool {
        guard let connection, isUsable else { return false }
        do throws(PostgresError) {
            while try Socket.wait(PQsocket(connection), for: Int16(POLLIN), milliseconds: 0) != 0 {
                // The words come before the end, which may be still on its way.
                guard PQconsumeInput(connection) == 1, PQisBusy(connection) == 0, lastWords.error == nil else {
                    close()
                    return false
                }
            }
        } catch {
            close()
            return false
        }
        return isUsable
    }
}
