import JSON
import Ledger

/// The tags of a call in a file: an object of texts, or a whole call with such an object in `tags`.
enum TagFile {
    static func read(_ bytes: [UInt8]) throws(JSONError) -> Tags {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
            try JSONReader.read(bytes) { reader throws(JSONError) in
                var tags: [Tags.Tag] = []
                var inner: Tags?
                try reader.dictionary { name, _, reader throws(JSONError) in
                    if name == "tags" { return inner = try Self.tags(&reader) }
                    if reader.isAtString { return tags.append(Tags.Tag(name: name, value: try reader.string())) }
                    try reader.skip()
                }
                return inner ?? Tags(tags)
            }
        }
    }

    private static func tags(_ reader: inout JSONReader) throws(JSONError) -> Tags {
        var tags: [Tags.Tag] = []
        try reader.dictionary { name, _, reader throws(JSONError) in tags.append(Tags.Tag(name: name, value: try reader.string())) }
        return Tags(tags)
    }
}
