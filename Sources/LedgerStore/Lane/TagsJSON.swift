internal import JSON
internal import Ledger

/// Tags as the JSON object in which facts keep them.
enum TagsJSON {
    static func encode(_ tags: Tags) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.object { writer in
            for tag in tags.entries {
                writer.name(tag.name)
                writer.string(tag.value)
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(StoreError) -> Tags {
        do {
            let pairs = try bytes.withUnsafeBufferPointer { bytes in
                try JSONReader.read(bytes) { reader throws(JSONError) in
                    var pairs: [Tags.Tag] = []
                    try reader.dictionary { name, _, reader throws(JSONError) in
                        pairs.append(Tags.Tag(name: name, value: try reader.string()))
                    }
                    return pairs
                }
            }
            return Tags(pairs)
        } catch {
            throw StoreError(.corrupt, "stored tags are not an object of strings")
        }
    }
}
