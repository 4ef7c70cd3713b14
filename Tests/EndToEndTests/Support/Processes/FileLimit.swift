import Foundation

/// How many files and sockets this process and those that it starts may have open.
enum FileLimit {
    /// Raises the limit if it is lower; false if the system does not let it.
    static func raise(to count: UInt64) -> Bool {
        #if canImport(Darwin)
            let files = RLIMIT_NOFILE
        #else
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return false }
        guard limit.rlim_cur < count else { return true }
        limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
        return limit.rlim_cur >= count && setrlimit(files, &limit) == 0
    }
}
