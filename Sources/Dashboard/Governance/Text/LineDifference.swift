/// Two texts line by line: what is kept, what is gone and what is new.
struct LineDifference: Sendable, Hashable {
    enum Kind: Sendable, Hashable { case kept, removed, added }

    struct Line: Sendable, Hashable {
        let kind: Kind
        let text: String
    }

    /// Beyond what both texts begin and end with, texts are compared where the product of their lines is at most this, and none has more lines
    /// than `maximumLines`. It bounds the memory and the time of a comparison to a few megabytes and milliseconds.
    static let maximumPairs = 1_000_000
    static let maximumLines = 4_000
    /// Kept lines around a change.
    static let context = 3

    let lines: [Line]

    /// Nil where the texts are too different to be shown line by line.
    init?(from old: String, to new: String) {
        let (old, new) = (Self.split(old), Self.split(new))
        let start = zip(old, new).prefix { $0 == $1 }.count
        let end = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
        guard let changed = Self.compare(old[start..<old.count - end], new[start..<new.count - end]) else { return nil }
        lines =
            new[..<start].map { Line(kind: .kept, text: $0) } + changed + new[(new.count - end)...].map { Line(kind: .kept, text: $0) }
    }

    /// By a longest common subsequence.
    private static func compare(_ old: ArraySlice<String>, _ new: ArraySlice<String>) -> [Line]? {
        guard old.count <= maximumLines, new.count <= maximumLines, old.count * new.count <= maximumPairs else { return nil }
        var known: [String: Int32] = [:]
        func number(_ line: String) -> Int32 {
            if let number = known[line] { return number }
            let number = Int32(known.count)
            known[line] = number
            return number
        }
        let (left, right) = (old.map(number), new.map(number))
        // How many lines what begins at a line of the old text has in common with what begins at one of the new; at most 1,000.
        let width = right.count + 1
        var common = [UInt16](repeating: 0, count: (left.count + 1) * width)
        for i in left.indices.reversed() {
            for j in right.indices.reversed() {
                common[i * width + j] =
                    left[i] == right[j] ? common[(i + 1) * width + j + 1] + 1 : max(common[(i + 1) * width + j], common[i * width + j + 1])
            }
        }
        var lines: [Line] = []
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            if i < left.count, j < right.count, left[i] == right[j] {
                lines.append(Line(kind: .kept, text: new[new.startIndex + j]))
                (i, j) = (i + 1, j + 1)
            } else if i < left.count, j == right.count || common[(i + 1) * width + j] >= common[i * width + j + 1] {
                lines.append(Line(kind: .removed, text: old[old.startIndex + i]))
                i += 1
            } else {
                lines.append(Line(kind: .added, text: new[new.startIndex + j]))
                j += 1
            }
        }
        return lines
    }

    private static func split(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    }

    var isEmpty: Bool { !lines.contains { $0.kind != .kept } }

    /// The changes with a few lines around each; nil stands where lines are left out.
    var shortened: [Line?] {
        var near: Set<Int> = []
        for (index, line) in lines.enumerated() where line.kind != .kept {
            near.formUnion(max(0, index - Self.context)...min(lines.count - 1, index + Self.context))
        }
        var shown: [Line?] = []
        var last = -1
        for index in near.sorted() {
            if index > last + 1 { shown.append(nil) }
            shown.append(lines[index])
            last = index
        }
        if last >= 0, last < lines.count - 1 { shown.append(nil) }
        return shown
    }
}
