internal import Postgres

/// The store could not answer. Nothing is lost by asking again under the same key.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// More work is waiting than may wait, or it waited too long.
        public static let overloaded = Code("overloaded")
        /// The database cannot be reached, or did not answer in time.
        public static let unavailable = Code("unavailable")
        /// The database refused this one piece of work.
        public static let rejected = Code("rejected")
        /// What the database holds contradicts itself.
        public static let corrupt = Code("corrupt")
    }

    public let code: Code
    public let detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { detail }

    /// Whether an error of any kind says that the store could not answer now, and may when it is asked again.
    public static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case let error as StoreError: error.code == .overloaded || error.code == .unavailable
        case let error as PostgresError: error.isTransient || error.code == .timedOut || error.code == .poolClosed
        default: false
        }
    }
}
