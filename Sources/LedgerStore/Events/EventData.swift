internal import JSON

/// The data of an event, a JSON object, with what is told beside it.
public enum EventData {
    /// One object with the members of both; what both have is taken from the second.
    public static func merged(_ data: [UInt8], _ details: [UInt8]) -> [UInt8] {
        let told = members(of: details)
        let names = Set(told.map(\.name))
        var writer = JSONWriter(capacity: data.count + details.count)
        writer.object { writer in
            for member in members(of: data).filter({ !names.contains($0.name) }) + told {
                writer.name(member.name)
                writer.raw(member.value)
            }
        }
        return writer.bytes
    }

    /// The same object with the paths among its `links` on an address.
    public static func linked(_ data: [UInt8], to base: String) -> [UInt8] {
        guard !base.isEmpty else { return data }
        var writer = JSONWriter(capacity: data.count + 3 * base.utf8.count)
        writer.object { writer in
            for member in members(of: data) {
                writer.name(member.name)
                guard member.name == "links" else {
                    writer.raw(member.value)
                    continue
                }
                writer.object { writer in
                    for link in members(of: Array(member.value)) {
                        writer.name(link.name)
                        // Paths are written without escapes.
                        let isPath = link.value.starts(with: Array("\"/".utf8))
                        writer.raw(isPath ? Array("\"\(base)".utf8) + link.value.dropFirst() : Array(link.value))
                    }
                }
            }
        }
        return writer.bytes
    }

    private static func members(of object: [UInt8]) -> [(name: String, value: ArraySlice<UInt8>)] {
        var found: [(String, ArraySlice<UInt8>)] = []
        object.withUnsafeBufferPointer { bytes in
            // A fact that is no object would have no members to tell.
            try? JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.dictionary { name, _, reader throws(JSONError) in
                    let start = reader.offset
                    try reader.skip()
                    found.append((name, object[start..<reader.offset]))
                }
            }
        }
        return found
    }
}
