internal import JSON
internal import Ledger

/// How values of foreign logs are read, whose types differ from program to program.
extension JSONReader {
    /// A text, a number as it is written, or `true` and `false`; nil for null, and for what is no scalar.
    mutating func scalar() throws(JSONError) -> String? {
        if isAtString { return try string() }
        if isAtNumber { return try number() }
        if isAtObject || isAtArray {
            try skip()
            return nil
        }
        return try takeNull() ? nil : try bool() ? "true" : "false"
    }

    /// An object, or a text that holds one, as some exports write it; anything else is passed over.
    mutating func embedded(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        if isAtObject || isAtArray { return try body(&self) }
        guard isAtString else { return try skip() }
        let text = Array(try string().utf8)
        guard text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") else { return }
        // What it holds is a note of another program; where it cannot be read, it says nothing.
        _ = try? JSONReader.read(text, body)
    }

    /// Reads a text that is at hand.
    static func read<Value>(
        _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        let result = bytes.withUnsafeBufferPointer { bytes -> Result<Value, JSONError> in
            do throws(JSONError) { return .success(try JSONReader.read(bytes, body)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads a record of a log. What is wrong with it is told with a pointer.
    static func record<Value>(
        _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(LogFault) -> Value {
        do throws(JSONError) {
            return try read(bytes, body)
        } catch {
            switch error.kind {
            case .malformed: throw LogFault("", "byte \(error.offset + 1): \(error.detail)")
            case .unexpected:
                throw LogFault(bytes.withUnsafeBufferPointer { JSONPointer.locate(error.offset, in: $0) }, error.detail)
            }
        }
    }
}

extension JSONError {
    /// A fault of a value that stands at an offset.
    init(_ fault: LogFault, at offset: Int) { self.init(.unexpected, offset: offset, detail: fault.reason) }
}
