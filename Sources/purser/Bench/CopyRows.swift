import Foundation

/// Rows for `COPY … FROM STDIN` in text format on their way out, in large writes.
struct CopyRows {
    private let output: FileHandle
    private var buffer: [UInt8] = []

    init(_ output: FileHandle) { self.output = output }

    mutating func add(_ columns: [String]) {
        for (index, column) in columns.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: "\t")) }
            buffer.append(contentsOf: column.utf8)
        }
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 1 << 20 { flush() }
    }

    mutating func flush() {
        output.write(Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }
}
