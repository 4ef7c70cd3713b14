/// The largest sums of a stream of amounts, found in bounded memory (the Space-Saving sketch of Metwally et al.).
///
/// A key that is not known takes the place, and the sum, of the one with the smallest: what is told may be too much by that, and
/// is never too little. The entries form a heap with the smallest sum at its top, so that an amount costs a few steps, however
/// many keys come and go.
struct SpaceSaving<Key: Hashable> {
    let capacity: Int
    private var heap: [(key: Key, sum: Int64)] = []
    private var places: [Key: Int] = [:]

    /// - Parameter capacity: how many keys are remembered, 1 or more.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    var sums: [Key: Int64] { Dictionary(heap.map { ($0.key, $0.sum) }) { first, _ in first } }

    /// - Parameter amount: 0 or more.
    mutating func add(_ amount: Int64, to key: Key) {
        if let place = places[key] {
            raise(place, by: amount)
        } else if heap.count < capacity {
            heap.append((key, amount))
            places[key] = heap.count - 1
            climb(from: heap.count - 1)
        } else {
            places[heap[0].key] = nil
            heap[0].key = key
            places[key] = 0
            raise(0, by: amount)
        }
    }

    mutating func removeAll() {
        heap.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    private mutating func raise(_ place: Int, by amount: Int64) {
        let (sum, overflow) = heap[place].sum.addingReportingOverflow(amount)
        heap[place].sum = overflow ? .max : sum
        sink(from: place)
    }

    private mutating func climb(from start: Int) {
        var place = start
        while place > 0, heap[place].sum < heap[(place - 1) / 2].sum {
            swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            var smallest = place
            let left = 2 * place + 1
            if left < heap.count, heap[left].sum < heap[smallest].sum { smallest = left }
            if left + 1 < heap.count, heap[left + 1].sum < heap[smallest].sum { smallest = left + 1 }
            guard smallest != place else { return }
            swap(place, smallest)
            place = smallest
        }
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        heap.swapAt(first, second)
        places[heap[first].key] = first
        places[heap[second].key] = second
    }
}
