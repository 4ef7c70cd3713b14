/// Why a person is not let in.
public enum OIDCError: Error, Sendable, Equatable {
    /// The token or the code is not to be trusted. The text ends a sentence that begins with "The token": it is for whoever sent it.
    case refused(String)
    /// The identity provider cannot be asked, or answers with what cannot be read; later it may.
    case unavailable(String)
    /// Too many people sign in at once. Nothing was done: the same request can be sent again.
    case busy
    /// The settings are wrong.
    case misconfigured(String)

    /// For logs and terminals.
    public var text: String {
        switch self {
        case .refused(let reason): "the token \(reason)"
        case .unavailable(let reason), .misconfigured(let reason): reason
        case .busy: "too many people sign in at once"
        }
    }
}
