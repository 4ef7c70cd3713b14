/// Two texts line by line: what is kept, what is gone and what is new.
struct LineDifference: Sendable, Hashable {
    enum Kind: Sendable, Hashable { case kept, removed, added }

    struct Line: Sendable, Hashable {
        let kind: Kind
        let text: String
    }

    /// More lines than this are not compared; the caller shows both texts.
    static let maximumLines = 4_000
    /// Kept lines around a change.
    static let context = 3

    let lines: [Line]

    /// Nil where one of the texts is too long.
    init?(from old: String, to new: String) {
        let (old, new) = (Self.split(old), Self.split(new))
        guard old.count <= Self.maximumLines, new.count <= Self.maximumLines else { return nil }
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            if removed.contains(before) {
                lines.append(Line(kind: .removed, text: old[before]))
                before += 1
            } else if added.contains(after) {
                lines.append(Line(kind: .added, text: new[after]))
                after += 1
            } else {
                lines.append(Line(kind: .kept, text: new[after]))
                (before, after) = (before + 1, after + 1)
            }
        }
        self.lines = lines
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
