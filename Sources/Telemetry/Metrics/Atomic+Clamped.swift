internal import Synchronization

extension Atomic where Value == UInt64 {
    /// Adds, and stays at the highest value instead of beginning anew: a sum that falls would be taken for a restart.
    func addClamped(_ amount: UInt64) {
        var old = load(ordering: .relaxed)
        while true {
            let (sum, overflow) = old.addingReportingOverflow(amount)
            let (done, seen) = weakCompareExchange(expected: old, desired: overflow ? .max : sum, ordering: .relaxed)
            if done { return }
            old = seen
        }
    }
}
