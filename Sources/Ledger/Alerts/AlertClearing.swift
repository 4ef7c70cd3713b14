/// Whether what an alert told of is over.
public enum AlertClearing {
    /// - Parameters:
    ///   - step: per cent of the limit that the alert told of.
    ///   - limitThen: at the alert.
    ///   - limit: now.
    ///   - used: held and spent now.
    /// - Returns: why; nil while it is not over. Use that falls back without a higher limit ends nothing: it would be
    ///   reported again and again as calls come and go.
    public static func reason(
        step: Int64, limitThen: Int64, limit: Int64, used: Int128, meter: Meter, windowEnd: Timestamp?, now: Timestamp
    ) -> String? {
        if let windowEnd, windowEnd <= now { return "the window ended" }
        guard limit > limitThen, used * 100 < Int128(step) * Int128(limit) else { return nil }
        return "the limit rose from \(meter.text(limitThen)) to \(meter.text(limit)), and less than \(step) % of it is used"
    }
}
