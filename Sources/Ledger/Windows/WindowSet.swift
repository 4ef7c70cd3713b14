/// The windows of all envelopes of a policy around one moment, and how long that picture stays true.
///
/// Finding a calendar window asks the time zone database several times; a policy's windows change at most once a
/// minute, so one set serves many calls.
public struct WindowSet: Sendable {
    /// By envelope, in the policy's order.
    public let windows: [Window]
    /// Every window contains every moment of this stretch.
    public let validity: Window

    public init(_ rules: [WindowRule], at time: Timestamp) {
        windows = rules.map { $0.window(containing: time) }
        validity = Window(start: windows.compactMap(\.start).max(), end: windows.compactMap(\.end).min())
    }

    private init(_ windows: [Window], validity: Window) {
        self.windows = windows
        self.validity = validity
    }

    /// The same windows, for as long as something else stays true besides.
    public func limited(to other: Window) -> WindowSet {
        let (starts, ends) = ([validity.start, other.start], [validity.end, other.end])
        return WindowSet(windows, validity: Window(start: starts.compactMap(\.self).max(), end: ends.compactMap(\.self).min()))
    }
}
