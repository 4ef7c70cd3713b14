/// The order of groups; calls without a value come last.
enum ReportOrder {
    static func precedes(_ a: [String?], _ b: [String?]) -> Bool {
        for (x, y) in zip(a, b) where x != y {
            guard let x else { return false }
            guard let y else { return true }
            return x < y
        }
        return false
    }
}
