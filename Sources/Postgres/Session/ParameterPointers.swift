/// The arrays of pointers that libpq wants for parameters, kept by a session so that statements allocate none.
struct ParameterPointers: ~Copyable {
    private(set) var values: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private(set) var lengths: UnsafeMutablePointer<Int32>
    private(set) var formats: UnsafeMutablePointer<Int32>
    private var capacity: Int
    /// Where values without bytes point, for a null pointer would mean NULL.
    private let nothing: UnsafeMutablePointer<CChar>

    init() {
        nothing = .allocate(capacity: 1)
        nothing.initialize(to: 0)
        capacity = 32
        (values, lengths, formats) = Self.allocate(capacity)
    }

    deinit {
        nothing.deallocate()
        values.deallocate()
        lengths.deallocate()
        formats.deallocate()
    }

    /// Points at the values of `parameters`, whose bytes begin at `base`.
    mutating func fill(_ parameters: [Parameters.Value], base: UnsafePointer<CChar>?) {
        if parameters.count > capacity { grow(to: parameters.count) }
        for (index, value) in parameters.enumerated() {
            values[index] = value.length < 0 ? nil : base.map { $0 + value.offset } ?? UnsafePointer(nothing)
            lengths[index] = max(0, value.length)
        }
    }

    private mutating func grow(to count: Int) {
        values.deallocate()
        lengths.deallocate()
        formats.deallocate()
        capacity = max(count, capacity * 2)
        (values, lengths, formats) = Self.allocate(capacity)
    }

    private static func allocate(
        _ capacity: Int
    ) -> (UnsafeMutablePointer<UnsafePointer<CChar>?>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) {
        let values = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: capacity)
        values.initialize(repeating: nil, count: capacity)
        let lengths = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
        lengths.initialize(repeating: 0, count: capacity)
        let formats = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
        // 1 is binary.
        formats.initialize(repeating: 1, count: capacity)
        return (values, lengths, formats)
    }
}
