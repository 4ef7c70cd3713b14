import Foundation
import JSON

/// Any JSON value, read by the reader under test or by Foundation, so that the two can be compared.
indirect enum JSONTree: Equatable {
    case null
    case bool(Bool)
    /// A number, as a double; the reader keeps its text.
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    /// What the reader makes of a value, read with its strict parts only (`skip` passes over texts unseen).
    init(_ reader: inout JSONReader) throws(JSONError) {
        if reader.isAtString {
            self = .string(try reader.string())
        } else if reader.isAtNumber {
            self = .number(Double(try reader.number()) ?? .nan)
        } else if try reader.takeNull() {
            self = .null
        } else if let array = try Self.array(&reader) {
            self = array
        } else {
            self = .bool(try reader.bool())
        }
    }

    /// An object or an array, if one comes next.
    private static func array(_ reader: inout JSONReader) throws(JSONError) -> JSONTree? {
        do throws(JSONError) {
            var members: [String: JSONTree] = [:]
            try reader.dictionary { name, _, reader throws(JSONError) in members[name] = try JSONTree(&reader) }
            return .object(members)
        } catch {
            guard error.detail == "send an object" else { throw error }
        }
        do throws(JSONError) {
            var elements: [JSONTree] = []
            try reader.array { reader throws(JSONError) in elements.append(try JSONTree(&reader)) }
            return .array(elements)
        } catch {
            guard error.detail == "send an array" else { throw error }
        }
        return nil
    }

    /// What Foundation makes of the same bytes; nil where it refuses them.
    static func foundation(_ bytes: [UInt8]) -> JSONTree? {
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else { return nil }
        return JSONTree(foundation: value)
    }

    private init(foundation value: Any) {
        switch value {
        case is NSNull: self = .null
        case let text as String: self = .string(text)
        case let list as [Any]: self = .array(list.map(JSONTree.init(foundation:)))
        case let members as [String: Any]: self = .object(members.mapValues(JSONTree.init(foundation:)))
        case let number as NSNumber: self = CFBoolean.isBoolean(number) ? .bool(number.boolValue) : .number(number.doubleValue)
        default: self = .null
        }
    }

    /// Whether some number is beyond what a double can hold, which Foundation refuses and the reader keeps as text.
    var hasHugeNumber: Bool {
        switch self {
        case .number(let value): !value.isFinite
        case .array(let elements): elements.contains(where: \.hasHugeNumber)
        case .object(let members): members.values.contains(where: \.hasHugeNumber)
        default: false
        }
    }
}

private enum CFBoolean {
    static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
