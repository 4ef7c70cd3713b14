import Logging

/// Logs go to standard error, so that standard output is the command's answer.
enum Log {
    static func make(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "purser") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}
