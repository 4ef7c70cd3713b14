/// The windows of one key of an envelope with rollover, each opened by what the one before left.
public struct CreditChain: Sendable {
    /// A window to open.
    public struct Link: Sendable {
        public let window: Window
        /// What it carries from the window before.
        public let carry: Int64
        /// When the carried amount ends; nil: with the window.
        public let expiresAt: Timestamp?
    }

    /// Windows that lie further back than this many are opened in passing, without rows of their own.
    public static let maximumLinks = 400

    /// The windows from the one that begins at `start` to `target`, the last of them at most `maximumLinks`.
    public static func windows(from start: Timestamp, to target: Window, of rule: WindowRule) -> [Window] {
        guard let last = target.start else { return [] }
        var windows: [Window] = []
        var next: Timestamp? = start
        while let start = next, start < last {
            let window = rule.window(containing: start)
            windows.append(window)
            if windows.count >= maximumLinks { windows.removeFirst() }
            next = window.end
        }
        return windows + [target]
    }

    /// What to open after a window ended, up to `target`; those that nobody touched chain as unspent.
    ///
    /// - Parameters:
    ///   - ended: the end of the last window that was opened.
    ///   - left: what that window has left of its limit, held amounts taken off; negative counts as nothing.
    ///   - target: the window that is to be opened last.
    public static func links(after ended: Timestamp, left: Int64, to target: Window, of envelope: Envelope) -> [Link] {
        guard let rollover = envelope.rollover, let limit = envelope.limit, let targetStart = target.start else { return [] }
        var links: [Link] = []
        var carry = rollover.carry(limit: max(0, left), held: 0, spent: 0)
        var next: Timestamp? = ended
        while let start = next, start <= targetStart {
            let window = envelope.windowRule.window(containing: start)
            let expiresAt = rollover.expiresInSeconds.map { start.adding(seconds: $0) }.flatMap { end in
                window.end.map { end < $0 } ?? true ? end : nil
            }
            links.append(Link(window: window, carry: carry, expiresAt: expiresAt))
            if links.count > maximumLinks { links.removeFirst() }
            // Nobody has touched this window: what it was given and what did not expire is left.
            let untouched = Int64(clamping: Int128(limit) + Int128(expiresAt == nil ? carry : 0))
            carry = rollover.carry(limit: untouched, held: 0, spent: 0)
            next = window.end
        }
        return links
    }
}
