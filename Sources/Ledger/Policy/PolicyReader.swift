/// Reads a policy from its documents and collects everything that is wrong with it.
///
/// Nothing is accepted that is not enforced: an unknown key is an error.
public struct PolicyReader {
    private static let keys = [
        "contacts", "tiers", "tags", "envelopes", "tools", "models", "model_rules", "tool_tiers", "workflows", "breakers", "anomalies",
        "unmatched", "unknown_price",
    ]

    private(set) var issues: [PolicyIssue] = []
    private(set) var warnings: [PolicyIssue] = []
    /// The file of the document that is being read.
    var file: String?
    /// Where the models of the routes stand.
    var models: [PolicyReading.Place] = []
    /// Where the channels of contacts stand.
    var channels: [PolicyReading.Place] = []
    /// Known before envelopes and rules are read, whatever order they stand in.
    var routes = Routes.none

    /// - Parameter documents: one or more documents, which are read as one policy.
    /// - Throws: `PolicyError` with every issue found.
    public static func read(_ documents: [PolicyDocument], version: Int64) throws(PolicyError) -> PolicyReading {
        var reader = PolicyReader()
        var parts = reader.parts(of: documents)
        let policy = reader.policy(&parts, version: version)
        for part in parts { reader.refuseRest(part) }
        guard reader.issues.isEmpty else { throw PolicyError(reader.issues) }
        return PolicyReading(policy: policy, warnings: reader.warnings, models: reader.models, channels: reader.channels)
    }

    /// The members of one document that have not been read yet.
    struct Part {
        let file: String?
        var fields: Fields
    }

    private mutating func parts(of documents: [PolicyDocument]) -> [Part] {
        documents.compactMap { document in
            if case .null = document.root.value { return nil }
            file = document.file
            return fields(of: document.root, at: "").map { Part(file: document.file, fields: $0) }
        }
    }

    private mutating func policy(_ parts: inout [Part], version: Int64) -> Policy {
        routes = readRoutes(&parts)
        var contacts: [Contact] = []
        eachName("contacts", in: &parts) { reader, member, place in
            if let contact = reader.contact(member, at: place) { contacts.append(contact) }
        }
        var envelopes = EnvelopeList()
        each("envelopes", in: &parts) { reader, node, pointer in reader.envelopes(node, at: pointer, into: &envelopes) }
        var rules: [AccessRule] = []
        each("tools", in: &parts) { reader, node, pointer in rules += reader.accessRules(node, at: pointer, kind: .tool, among: envelopes) }
        each("model_rules", in: &parts) { reader, node, pointer in rules += reader.accessRules(node, at: pointer, kind: .model, among: envelopes) }
        var tagRules = TagRules.none
        once("tags", in: &parts) { reader, node, pointer in tagRules = reader.tagRules(node, at: pointer) }
        var workflows: [Workflow] = []
        var owners: [OwnerPlace] = envelopes.owners
        eachName("workflows", in: &parts) { reader, member, place in
            guard let workflow = reader.workflow(member, at: place) else { return }
            workflows.append(workflow)
            if let owner = workflow.owner {
                let line = member.node.line(of: "owner") ?? member.line
                owners.append(OwnerPlace(owner: owner, file: reader.file, line: line, pointer: "\(place)/owner"))
            }
        }
        var breakers = BreakerList()
        each("breakers", in: &parts) { reader, node, pointer in reader.breakers(node, at: pointer, among: envelopes, into: &breakers) }
        owners += breakers.owners
        var unmatched = Unmatched.admit
        once("unmatched", in: &parts) { reader, node, pointer in unmatched = reader.choice(node, at: pointer, Unmatched.self) ?? .admit }
        var unknownPrice: ModelPrice?
        once("unknown_price", in: &parts) { reader, node, pointer in unknownPrice = reader.unknownPrice(node, at: pointer) }
        var anomalyRules = AnomalyRules.standard
        once("anomalies", in: &parts) { reader, node, pointer in anomalyRules = reader.anomalyRules(node, at: pointer) }
        warn(of: owners, contacts: contacts)
        return Policy(
            version: version, envelopes: envelopes.list, routes: routes, tagRules: tagRules, accessRules: rules, unmatched: unmatched,
            unknownPrice: unknownPrice, contacts: contacts, workflows: workflows, breakers: breakers.list, anomalyRules: anomalyRules)
    }

    /// Reads a key of the policy wherever it stands; the parts are read as one.
    mutating func each(_ name: String, in parts: inout [Part], _ body: (inout PolicyReader, PolicyNode, String) -> Void) {
        for index in parts.indices {
            guard let field = parts[index].fields.take(name) else { continue }
            file = parts[index].file
            body(&self, field.node, "/\(name)")
        }
    }

    /// Reads the members of a key whose names must be unique over all documents.
    mutating func eachName(
        _ name: String, in parts: inout [Part], _ body: (inout PolicyReader, PolicyNode.Member, String) -> Void
    ) {
        var known: Set<String> = []
        each(name, in: &parts) { reader, node, pointer in
            let earlier = known
            for member in reader.fields(of: node, at: pointer)?.members ?? [] {
                let place = Self.pointer(pointer, member.name)
                if earlier.contains(member.name) { reader.report(place, member.line, "'\(member.name)' stands in another document too; keep one") }
                let isControlled = member.name.unicodeScalars.contains { $0.properties.generalCategory == .control }
                if member.name.isEmpty || member.name.unicodeScalars.count > 256 || isControlled {
                    reader.report(place, member.line, "write a name of 1 to 256 characters without control characters")
                }
                known.insert(member.name)
                body(&reader, member, place)
            }
        }
    }

    /// Reads a key that may stand in one document only.
    mutating func once(_ name: String, in parts: inout [Part], _ body: (inout PolicyReader, PolicyNode, String) -> Void) {
        var isRead = false
        each(name, in: &parts) { reader, node, pointer in
            if isRead { reader.report(pointer, node.line, "'\(name)' stands in another document too; keep one") }
            isRead = true
            body(&reader, node, pointer)
        }
    }

    private mutating func refuseRest(_ part: Part) {
        file = part.file
        refuseRest(part.fields, at: "", expected: Self.keys)
    }

    mutating func warn(_ pointer: String, _ line: Int, in file: String?, _ detail: String) {
        warnings.append(PolicyIssue(file: file, pointer: pointer, line: line, detail: detail))
    }

    mutating func report(_ pointer: String, _ line: Int, _ detail: String) {
        issues.append(PolicyIssue(file: file, pointer: pointer, line: line, detail: detail))
    }

    /// The pointer to a member, its name escaped (RFC 6901, section 3).
    public static func pointer(_ parent: String, _ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "~") }) else { return "\(parent)/\(name)" }
        return name.unicodeScalars.reduce(into: parent + "/") { pointer, scalar in
            switch scalar {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(scalar)
            }
        }
    }
}
