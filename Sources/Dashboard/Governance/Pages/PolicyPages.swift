internal import Ledger

/// The policy in force, its versions, and what one changed against another.
enum PolicyPages {
    private static let pageSize = 30

    static func add(to site: inout Site) {
        site.page("/policy", current)
        site.page("/policy/versions/{version}", version)
        site.page("/policy/versions/{version}/difference", difference)
    }

    struct Content: Sendable {
        struct Version: Sendable {
            let number: String
            let versionPath: String
            let differencePath: String?
            let author: String
            let message: String?
            let at: TimeText
            let isCurrent: Bool
        }

        struct Workflow: Sendable {
            let name: String
            let workflowPath: String
            let owner: String?
            let outcome: String?
            let target: AmountText?
            let human: AmountText?
        }

        let isNone: Bool
        let number: String
        let author: String
        let message: String?
        let at: TimeText?
        let checksum: String
        let source: String
        let warnings: [String]
        let warningCount: String?
        let workflows: [Workflow]
        let hasWorkflows: Bool
        let envelopeCount: String
        let versions: [Version]
        let hasVersions: Bool
        let differencePath: String?
        let more: String?
    }

    struct Difference: Sendable {
        struct Line: Sendable {
            let sign: String
            let text: String
            let isAdded: Bool
            let isRemoved: Bool
            let isGap: Bool
        }

        let older: String
        let newer: String
        let lines: [Line]
        let isEmpty: Bool
        let isTooLong: Bool
        let added: String
        let removed: String
    }

    // MARK: - Pages

    private static func current(_ visit: Visit) async throws -> View {
        let policy: Policies.Version? = try await visit.getIfAllowed(["v1", "policy"])
        let versions: Listing<Policies.Summary> = try await visit.get(
            ["v1", "policy", "versions"], [("limit", "\(pageSize)"), ("after", visit.query["after"])])
        return View(
            "Policy", entry: Paths.policy, template: "policy", content: content(visit, policy, versions, current: policy?.version))
    }

    private static func version(_ visit: Visit) async throws -> View {
        let policy: Policies.Version = try await visit.get(["v1", "policy", "versions", visit.parameter("version")])
        return View(
            "Version \(policy.version)", entry: Paths.policy, crumbs: [.init("Policy", Paths.policy)], template: "policy",
            content: content(visit, policy, nil, current: nil))
    }

    private static func content(
        _ visit: Visit, _ policy: Policies.Version?, _ versions: Listing<Policies.Summary>?, current: Int64?
    ) -> Content {
        Content(
            isNone: policy == nil, number: policy.map { "\($0.version)" } ?? "", author: policy?.author ?? "",
            message: policy?.message.isEmpty == false ? policy?.message : nil, at: visit.text(policy?.createdAt), checksum: policy?.checksum ?? "",
            source: policy?.source ?? "",
            warnings: policy?.warnings.map { warning in
                ["\(warning.pointer.isEmpty ? "" : warning.pointer + ": ")\(warning.detail)", warning.line.map { "(line \($0))" }].compactMap { $0 }
                    .joined(separator: " ")
            } ?? [],
            warningCount: policy.flatMap { $0.warnings.isEmpty ? nil : $0.warnings.count == 1 ? "1 warning" : "\($0.warnings.count) warnings" },
            workflows: (policy?.workflows ?? []).map {
                .init(
                    name: $0.name, workflowPath: Paths.workflow($0.name), owner: $0.owner, outcome: $0.outcome, target: visit.money($0.targetCost),
                    human: visit.money($0.humanCost))
            },
            hasWorkflows: policy.map { !$0.workflows.isEmpty } ?? false, envelopeCount: "\(policy?.envelopes.count ?? 0)",
            versions: (versions?.data ?? []).map { summary in
                .init(
                    number: "\(summary.version)", versionPath: Paths.version(summary.version),
                    differencePath: summary.version > 1 ? Paths.version(summary.version) + "/difference" : nil, author: summary.author,
                    message: summary.message.isEmpty ? nil : summary.message, at: visit.text(summary.createdAt), isCurrent: summary.version == current
                )
            },
            hasVersions: versions.map { !$0.data.isEmpty } ?? false,
            differencePath: policy.flatMap { $0.version > 1 ? Paths.version($0.version) + "/difference" : nil },
            more: versions?.next.map { Paths.with(Paths.policy, [("after", $0)]) })
    }

    /// Against the version before, or another one that is named.
    private static func difference(_ visit: Visit) async throws -> View {
        let new: Policies.Version = try await visit.get(["v1", "policy", "versions", visit.parameter("version")])
        let old: Policies.Version = try await visit.get(["v1", "policy", "versions", visit.query["from"] ?? "\(max(new.version - 1, 1))"])
        let difference = LineDifference(from: old.source, to: new.source)
        let lines = (difference?.shortened ?? []).map { line -> Difference.Line in
            guard let line else { return .init(sign: "", text: "⋯", isAdded: false, isRemoved: false, isGap: true) }
            let sign = line.kind == .added ? "+" : line.kind == .removed ? "−" : " "
            return .init(sign: sign, text: line.text, isAdded: line.kind == .added, isRemoved: line.kind == .removed, isGap: false)
        }
        let content = Difference(
            older: "\(old.version)", newer: "\(new.version)", lines: lines, isEmpty: difference?.isEmpty ?? false, isTooLong: difference == nil,
            added: "\(difference?.lines.count { $0.kind == .added } ?? 0)", removed: "\(difference?.lines.count { $0.kind == .removed } ?? 0)")
        return View(
            "Version \(old.version) to \(new.version)", entry: Paths.policy,
            crumbs: [.init("Policy", Paths.policy), .init("Version \(new.version)", Paths.version(new.version))], template: "policy-difference",
            content: content)
    }
}
