/// JSON pointers (RFC 6901).
public enum JSONPointer {
    /// The pointer to the value or name that stands at an offset; "" for the whole text.
    ///
    /// Finds it by reading the text again up to there, so that readers need not keep track of where they are.
    public static func locate(_ offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> String {
        var found = ""
        _ = try? JSONReader.read(bytes) { reader throws(JSONError) in
            try search(&reader, path: "", offset: offset, found: &found)
        }
        return found
    }

    /// One step of a pointer, escaped.
    public static func escape(_ name: String) -> String {
        var escaped = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    private static func search(_ reader: inout JSONReader, path: String, offset: Int, found: inout String) throws(JSONError) {
        guard reader.offset <= offset else { return try reader.skip() }
        found = path
        switch reader.peek() {
        case UInt8(ascii: "{"):
            try reader.dictionary { name, start, reader throws(JSONError) in
                let member = "\(path)/\(escape(name))"
                if start <= offset { found = member }
                try search(&reader, path: member, offset: offset, found: &found)
            }
        case UInt8(ascii: "["):
            var index = 0
            try reader.array { reader throws(JSONError) in
                try search(&reader, path: "\(path)/\(index)", offset: offset, found: &found)
                index += 1
            }
        default: try reader.skip()
        }
    }
}
