/// In which order a batch decided its operations, so that they can be decided again.
struct BatchOrder {
    private var current: Int64 = 0
    private var opened: [Int64] = []
    private var settled: [Int64] = []
    private var refused: [Int64] = []
    private var adjusted: [Int64] = []
    private var decided: [Int64] = []

    /// The positions of the opened, then of the settled, then of the refused, then of the adjusted, then of the decided.
    var positions: [Int64] { opened + settled + refused + adjusted + decided }

    mutating func next() { current += 1 }

    mutating func noteOpened() { opened.append(current) }

    mutating func noteSettled() { settled.append(current) }

    mutating func noteRefused() { refused.append(current) }

    mutating func noteAdjusted() { adjusted.append(current) }

    mutating func noteDecided() { decided.append(current) }
}
