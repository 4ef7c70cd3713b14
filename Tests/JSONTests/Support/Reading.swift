import JSON
import Testing

/// Reads a text with the reader under test.
func read<Value>(_ text: String, _ body: (inout JSONReader) throws(JSONError) -> Value) throws(JSONError) -> Value {
    try read(bytes: Array(text.utf8), body)
}

/// Reads bytes, which need not be UTF-8.
func read<Value>(bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value) throws(JSONError) -> Value {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try JSONReader.read(buffer, body) }
}

/// The error with which a text is refused; a failure of the test if it is taken.
func refusal<Value>(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (inout JSONReader) throws(JSONError) -> Value
) throws -> JSONError {
    try refusal(bytes: Array(text.utf8), sourceLocation: sourceLocation, body)
}

/// The error with which bytes are refused; a failure of the test if they are taken.
func refusal<Value>(
    bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (inout JSONReader) throws(JSONError) -> Value
) throws -> JSONError {
    do throws(JSONError) {
        let value = try read(bytes: bytes, body)
        Issue.record("\(String(decoding: bytes, as: UTF8.self)) was taken as \(value)", sourceLocation: sourceLocation)
        throw JSONError(.unexpected, offset: -1, detail: "nothing was refused")
    } catch {
        return error
    }
}

/// The pointer to what stands at an offset.
func pointer(_ offset: Int, in text: String) -> String {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { JSONPointer.locate(offset, in: $0) }
}
