public import Ledger
internal import Yams

/// Reads policy documents: YAML 1.1, of which JSON is a part. Several documents in one text (`---`) make one policy.
public enum PolicyYAML {
    /// The most values that a policy may have, aliases counted as often as they are used.
    static let maximumNodes = 100_000

    /// The parser's work can double with every anchor that an alias repeats.
    static let maximumAnchors = 12

    /// Reads and checks a policy.
    ///
    /// - Throws: `PolicyError` with everything that is wrong, each with its line.
    public static func read(_ source: String, version: Int64) throws(PolicyError) -> Policy {
        try read([PolicyFile(text: source)], version: version).policy
    }

    /// Reads and checks a policy of several files.
    ///
    /// - Throws: `PolicyError` with everything that is wrong, each with its file and line.
    public static func read(_ files: [PolicyFile], version: Int64) throws(PolicyError) -> PolicyReading {
        var documents: [PolicyDocument] = []
        var issues: [PolicyIssue] = []
        for file in files {
            do throws(PolicyError) {
                documents += try Self.documents(file.text, of: file.name).map { PolicyDocument(file: file.name, root: $0) }
            } catch {
                issues += error.issues
            }
        }
        guard issues.isEmpty else { throw PolicyError(issues) }
        guard documents.contains(where: { if case .null = $0.root.value { false } else { true } }) else {
            let detail = "an empty policy limits nothing; write envelopes: [] if you mean that"
            throw PolicyError([PolicyIssue(file: files.first?.name, pointer: "", line: 1, detail: detail)])
        }
        return try PolicyReader.read(documents, version: version)
    }

    private static func documents(_ source: String, of file: String?) throws(PolicyError) -> [PolicyNode] {
        do throws(PolicyError) {
            return try documents(source)
        } catch {
            throw PolicyError(error.issues.map { PolicyIssue(file: file, pointer: $0.pointer, line: $0.line, detail: $0.detail) })
        }
    }

    private static func documents(_ source: String) throws(PolicyError) -> [PolicyNode] {
        guard anchors(source) <= maximumAnchors else {
            throw PolicyError([PolicyIssue(pointer: "", line: 1, detail: "a policy has at most \(maximumAnchors) anchors (&); use fewer aliases")])
        }
        var count = 0
        do {
            var documents: [PolicyNode] = []
            // The sequence ends at a mistake, and keeps it for whoever asks.
            var nodes = try compose_all(yaml: source)
            while let node = nodes.next() { documents.append(try convert(node, count: &count)) }
            if let error = nodes.error { throw error }
            return documents
        } catch let error as PolicyError {
            throw error
        } catch let error as YamlError {
            throw PolicyError([issue(of: error)])
        } catch {
            throw PolicyError([PolicyIssue(pointer: "", line: 1, detail: "this is not YAML: \(error)")])
        }
    }

    /// How many `&` stand where an anchor may begin; some of them may be text.
    private static func anchors(_ source: String) -> Int {
        var count = 0
        var previous = UInt8(ascii: "\n")
        for byte in source.utf8 {
            if byte == UInt8(ascii: "&"), " \n\r\t[{,:?-".utf8.contains(previous) { count += 1 }
            previous = byte
        }
        return count
    }

    private static func convert(_ node: Node, count: inout Int) throws -> PolicyNode {
        let line = node.mark?.line ?? 1
        count += 1
        guard count <= maximumNodes else {
            throw PolicyError([PolicyIssue(pointer: "", line: line, detail: "a policy has at most \(maximumNodes) values; use fewer aliases")])
        }
        switch node {
        case .scalar(let scalar): return PolicyNode(value(of: scalar, node), line: line)
        case .sequence(let sequence):
            var list: [PolicyNode] = []
            for element in sequence { list.append(try convert(element, count: &count)) }
            return PolicyNode(.list(list), line: line)
        case .mapping(let mapping):
            var members: [PolicyNode.Member] = []
            for (key, value) in mapping {
                guard let name = key.string else {
                    throw PolicyError([PolicyIssue(pointer: "", line: key.mark?.line ?? line, detail: "a key must be a text")])
                }
                members.append(
                    PolicyNode.Member(name: name, line: key.mark?.line ?? line, node: try convert(value, count: &count)))
            }
            return PolicyNode(.object(members), line: line)
        case .alias:
            throw PolicyError([PolicyIssue(pointer: "", line: line, detail: "this alias names no anchor")])
        }
    }

    private static func value(of scalar: Node.Scalar, _ node: Node) -> PolicyNode.Value {
        guard scalar.style == .plain else { return .text(scalar.string) }
        switch node.tag.description {
        case Tag.Name.int.rawValue, Tag.Name.float.rawValue: return .number(scalar.string)
        case Tag.Name.bool.rawValue: return .bool(node.bool ?? false)
        case Tag.Name.null.rawValue: return .null
        default: return .text(scalar.string)
        }
    }

    private static func issue(of error: YamlError) -> PolicyIssue {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            PolicyIssue(pointer: "", line: mark.line, detail: "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            PolicyIssue(
                pointer: "", line: context.mark.line, detail: "a mapping has these keys twice: \(duplicates.map { "\($0)" }.joined(separator: ", "))")
        default: PolicyIssue(pointer: "", line: 1, detail: "this is not YAML: \(error)")
        }
    }
}
