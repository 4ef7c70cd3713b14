internal import Ledger
internal import Postgres

/// Proves of some hours, those with corrected calls first, that their sums by tags, model and tool are those of the settlements as
/// they were corrected; and that what is known of each call follows from the facts.
struct CorrectionProof {
    /// So many hours are compared.
    static let hourLimit = 24
    /// Hours with more settlements are left out: to compare one takes no longer than a few seconds.
    static let factLimit: Int64 = 50_000
    /// So many times an hour is looked at anew that changed meanwhile.
    private static let looks = 3
    private static let partsAPage: Int64 = 20

    private let organisation: Identifier
    private let session: Session
    private var findings: [Finding] = []

    /// - Parameter usage: the hours whose sums are complete.
    static func findings(_ organisation: Identifier, usage: UsageProof, in session: Session) throws -> [Finding] {
        guard try UsageHead.isCorrected(organisation, in: session) else { return [] }
        var proof = CorrectionProof(organisation: organisation, session: session)
        try proof.compareCalls()
        for hour in try proof.hours(usage) { try proof.compare(hour) }
        return proof.findings
    }

    private init(organisation: Identifier, session: Session) {
        self.organisation = organisation
        self.session = session
    }

    private var parameters: Parameters {
        var parameters = Parameters()
        parameters.uuid(organisation)
        return parameters
    }

    // MARK: - Calls

    private mutating func compareCalls() throws {
        let totals = try session.execute(CorrectionProofStatements.totals, parameters)
        let (named, known) = (try totals.int8(0, 0), try totals.int8(0, 1))
        if named != known { findings.append(Finding("corrections", "name \(named) calls, but \(known) are known")) }
        var after = Identifier.none
        while true {
            var page = parameters
            page.uuid(after)
            page.int8(Self.partsAPage)
            let rows = try session.execute(CorrectionProofStatements.missing, page)
            for row in 0..<rows.count {
                after = try rows.uuid(row, 0)
                let missing = try rows.int8(row, 2)
                if missing > 0 { findings.append(Finding("correction \(try rows.int8(row, 1))", "has \(missing) calls that nobody knows of")) }
            }
            if rows.count < Self.partsAPage { return }
        }
    }

    // MARK: - Hours

    private func hours(_ usage: UsageProof) throws -> [Int64] {
        var page = parameters
        page.int8(Int64(Self.hourLimit))
        let rows = try session.execute(CorrectionProofStatements.corrected, page)
        let calls = try (0..<rows.count).map { row -> Identifier in try rows.uuid(row, 0) }
        let facts = try CallFacts.read(calls, of: organisation, in: session)
        let corrected = calls.flatMap { facts.byCall[$0] ?? [] }.map { UsagePage.start(of: $0.fact.settledAt.seconds, UsagePage.hourSeconds) }
        var seen: Set<Int64> = []
        let wanted = (corrected + usage.latestHours(Self.hourLimit)).filter { seen.insert($0).inserted }
        return Array(wanted.filter { usage.facts(inHour: $0).map { $0 <= Self.factLimit } ?? false }.prefix(Self.hourLimit))
    }

    private mutating func compare(_ hour: Int64) throws {
        for _ in 0..<Self.looks {
            let before = try stored(hour)
            // Where rows were folded, nobody can tell whose they are.
            guard before.count < UsageDimension.Fold.custom.rowLimit else { return }
            let truth = try computed(hour)
            guard try stored(hour) == before else { continue }
            let wrong = Set(before.keys).union(truth.keys).filter { before[$0] != truth[$0] }
            guard let first = wrong.min(by: { $0.id < $1.id }) else { return }
            let tags = String(decoding: TagsJSON.encode(first.tags), as: UTF8.self)
            findings.append(
                Finding(
                    "usage of \(Timestamp(seconds: hour))",
                    "differs by tags from the settlements as corrected in \(wrong.count) rows: of \(tags) it is \(Self.text(before[first])), "
                        + "but they add up to \(Self.text(truth[first]))"))
            return
        }
    }

    private static func text(_ sums: UsageSums?) -> String {
        let sums = sums ?? UsageSums()
        return "\(sums.calls) and \(sums.toolCalls) calls, \(Money(nanos: sums.cost)), \(sums.tokens) tokens"
    }

    private func stored(_ hour: Int64) throws -> [UsageDimension: UsageSums] {
        var page = parameters
        page.timestamp(microsecondsSince1970: hour * 1_000_000)
        let rows = try session.execute(CorrectionProofStatements.hour, page)
        return try (0..<rows.count).reduce(into: [:]) { found, row in
            let dimension = UsageDimension(
                tags: try TagsJSON.decode(try rows.json(row, 0)), model: try rows.textIfPresent(row, 1), tool: try rows.textIfPresent(row, 2))
            var sums = UsageSums()
            for (index, column) in UsageSums.columns.enumerated() { sums[keyPath: column] = try rows.int8(row, 3 + index) }
            if sums != UsageSums() { found[dimension] = sums }
        }
    }

    private func computed(_ hour: Int64) throws -> [UsageDimension: UsageSums] {
        let selection = SpendReader.Selection(
            from: Timestamp(seconds: hour), to: Timestamp(seconds: hour + UsagePage.hourSeconds), tags: Tags())
        var found: [UsageDimension: UsageSums] = [:]
        var batch: Identifier? = SpendReader.start(selection)
        while let after = batch {
            let (named, last) = try SpendReader.named(organisation, selection, after: after, in: session)
            let settled = named.filter { $0.kind != SpendReader.importedKind }
            let page = try UsageRollUp.read(settled.map { ($0.id, $0.kind) }, organisation, isCorrected: true, in: session)
            for (place, sums) in page.hourly where place.start == hour {
                var sums = sums
                sums.facts = 0
                found[place.dimension, default: UsageSums()] += sums
            }
            batch = last
        }
        for fact in try imported(hour) {
            let place = UsageDimension(tags: try TagsJSON.decode(fact.tags), model: fact.model, tool: fact.tool)
            var sums = fact.sums
            sums.facts = 0
            found[place, default: UsageSums()] += sums
        }
        return found.filter { $0.value != UsageSums() }
    }

    /// The calls that were imported into an hour, as they were corrected.
    private func imported(_ hour: Int64) throws -> [UsageFact] {
        var facts: [UsageFact] = []
        var after = Identifier.none
        while true {
            var page = parameters
            page.timestamp(microsecondsSince1970: hour * 1_000_000)
            page.timestamp(microsecondsSince1970: (hour + UsagePage.hourSeconds) * 1_000_000)
            page.uuid(after)
            page.int8(VerificationStatements.pageSize)
            let rows = try session.execute(CorrectionProofStatements.imported, page)
            let read = try (0..<rows.count).map { try UsageFact(rows, $0) }
            let corrections = try CallCorrections.read(read.map(\.id), of: organisation, in: session)
            facts += try read.map { try $0.corrected(by: corrections[$0.id]) }
            guard rows.count == VerificationStatements.pageSize, let last = read.last else { return facts }
            after = last.id
        }
    }
}
