/// Tiers, models and their routes, and the price of models that the catalogue does not know.
extension PolicyReader {
    mutating func readRoutes(_ parts: inout [Part]) -> Routes {
        var tiers: [String] = []
        once("tiers", in: &parts) { reader, node, pointer in tiers = reader.tierNames(node, at: pointer) }
        // Models and tools name tiers, so these must be known first.
        routes = Routes(tiers: tiers)
        var models: [String: Routes.Model] = [:]
        var ways: [Way] = []
        eachName("models", in: &parts) { reader, member, place in
            models[member.name] = reader.model(member.node, at: place)
            reader.models.append(PolicyReading.Place(name: member.name, file: reader.file, line: member.line, pointer: place))
            ways.append(Way(file: reader.file, model: member.name, line: member.node.line(of: "downgrade_to") ?? member.line, pointer: place))
        }
        let known = Routes(tiers: tiers, models: models)
        for way in ways { check(way, in: known) }
        var toolTiers: [Routes.ToolTier] = []
        eachName("tool_tiers", in: &parts) { reader, member, place in
            if let tier = reader.knownTier(member.node, at: place) { toolTiers.append(.init(tool: Matcher(member.name), tier: tier)) }
        }
        return Routes(tiers: tiers, models: models, toolTiers: toolTiers)
    }

    private mutating func tierNames(_ node: PolicyNode, at pointer: String) -> [String] {
        var names: [String] = []
        for (index, element) in (list(node, at: pointer) ?? []).enumerated() {
            guard let name = text(element, at: "\(pointer)/\(index)", maximumLength: 64) else { continue }
            if names.contains(name) { report("\(pointer)/\(index)", element.line, "'\(name)' stands here twice; keep one") }
            names.append(name)
        }
        return names
    }

    private mutating func knownTier(_ node: PolicyNode, at pointer: String) -> String? {
        guard let name = text(node, at: pointer) else { return nil }
        if routes.rank(name) == nil { reportUnknownTier(name, at: pointer, node.line) }
        return name
    }

    private mutating func model(_ node: PolicyNode, at pointer: String) -> Routes.Model? {
        guard var fields = fields(of: node, at: pointer) else { return nil }
        let tierField = fields.take("tier")
        if tierField == nil { report(pointer, node.line, "a model needs a tier: tier: \(routes.tiers.first ?? "premium")") }
        let tier = tierField.flatMap { knownTier($0.node, at: "\(pointer)/tier") }
        let next = fields.take("downgrade_to").flatMap { text($0.node, at: "\(pointer)/downgrade_to") }
        refuseRest(fields, at: pointer, expected: ["tier", "downgrade_to"])
        return tier.map { Routes.Model(tier: $0, downgradeTo: next) }
    }

    /// Where a model's way down is written.
    private struct Way {
        let file: String?
        let model: String
        let line: Int
        let pointer: String
    }

    /// A route must go down, to models that are there.
    private mutating func check(_ way: Way, in known: Routes) {
        file = way.file
        guard let model = known.models[way.model], let next = model.downgradeTo else { return }
        guard let target = known.models[next] else {
            return report("\(way.pointer)/downgrade_to", way.line, "'\(next)' is not among the models; add it with its tier")
        }
        var seen: Set<String> = [way.model]
        var current: String? = next
        while let name = current {
            guard seen.insert(name).inserted else {
                return report("\(way.pointer)/downgrade_to", way.line, "this route is a loop: it comes back to '\(name)'")
            }
            current = known.models[name]?.downgradeTo
        }
        if let from = known.rank(model.tier), let to = known.rank(target.tier), to < from {
            report("\(way.pointer)/downgrade_to", way.line, "'\(next)' is of the dearer tier \(target.tier); a downgrade goes to a cheaper one")
        }
    }

    /// `refuse`, or the price at which models without one are held and charged.
    mutating func unknownPrice(_ node: PolicyNode, at pointer: String) -> ModelPrice? {
        if case .text("refuse") = node.value { return nil }
        guard case .object = node.value, var fields = fields(of: node, at: pointer) else {
            report(pointer, node.line, "write refuse, or { input_cost_per_token: \"0.00001\", output_cost_per_token: \"0.00004\" }")
            return nil
        }
        let input = tokenPrice("input_cost_per_token", &fields, node, at: pointer)
        let output = tokenPrice("output_cost_per_token", &fields, node, at: pointer)
        refuseRest(fields, at: pointer, expected: ["input_cost_per_token", "output_cost_per_token"])
        guard let input, let output else { return nil }
        return ModelPrice(input: input, output: output)
    }

    private mutating func tokenPrice(_ name: String, _ fields: inout Fields, _ node: PolicyNode, at pointer: String) -> Int64? {
        guard let field = fields.take(name) else {
            report(pointer, node.line, "\(name) is missing; a price that is not stated must not be free")
            return nil
        }
        if case .text(let text) = field.node.value, let units = ExactDecimal(jsonNumber: text)?.scaled(to: ModelPrice.scale), units > 0 {
            return units
        }
        report("\(pointer)/\(name)", field.line, "write a quoted price per token above zero with at most 15 decimals, such as \"0.00001\"")
        return nil
    }
}
