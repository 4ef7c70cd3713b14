extension Simulation {
    /// What became of a call under the replayed policy.
    enum Conclusion {
        case admitted(Admission.Admitted)
        /// - Parameter envelopes: those that refused, or asked for an approval.
        case refused(problem: String, envelopes: [String])
    }

    private static let approvalProblem = Objections.Kind.approvalRequired.problem

    mutating func countRecorded(_ call: RecordedCall) {
        switch call.outcome {
        case .admitted(_, _, _, let isDowngraded):
            report.recordedAdmitted += 1
            if isDowngraded { report.recordedDowngraded += 1 }
        case .refused: report.recordedRefused += 1
        case .barred:
            report.barred += 1
            var tally = ReplayTally()
            tally.calls = 1
            count(tally, ReplayLabels(call.tags, envelopes: []))
        }
    }

    /// Counts a decision, compares it with the record, and keeps what the end of the call will need.
    mutating func conclude(_ call: RecordedCall, _ conclusion: Conclusion) {
        var tally = ReplayTally()
        tally.calls = 1
        let labels: ReplayLabels
        switch conclusion {
        case .admitted(let admitted):
            labels = ReplayLabels(call.tags, envelopes: admitted.downgradedBy)
            report.admitted += 1
            count(admitted, call, in: &tally)
            keep(admitted, call, labels)
        case .refused(let problem, let envelopes):
            labels = ReplayLabels(call.tags, envelopes: envelopes)
            let wasAsked = call.outcome == .refused(problem: Self.approvalProblem)
            if problem == Self.approvalProblem {
                tally.approvalRequired = 1
                tally.newlyApprovalRequired = wasAsked ? 0 : 1
            } else {
                tally.refused = 1
                tally.newlyRefused = wasAsked || call.outcome.isAdmitted ? 1 : 0
            }
            if call.outcome.isAdmitted { open[call.id] = SimulatedHold(labels: labels, held: nil) }
        }
        count(tally, labels)
        compare(call, conclusion)
    }

    private func count(_ admitted: Admission.Admitted, _ call: RecordedCall, in tally: inout ReplayTally) {
        let isDowngraded = admitted.reason != nil
        tally.downgraded = isDowngraded ? 1 : 0
        switch call.outcome {
        case .admitted(_, _, _, let wasDowngraded): tally.newlyDowngraded = isDowngraded && !wasDowngraded ? 1 : 0
        case .refused, .barred:
            tally.newlyDowngraded = tally.downgraded
            tally.newlyAdmitted = 1
        }
    }

    private mutating func keep(_ admitted: Admission.Admitted, _ call: RecordedCall, _ labels: ReplayLabels) {
        let parts = admitted.entries.compactMap { entry in
            identities[entry.balance].map { SimulatedHold.Part(identity: $0, envelope: envelope(of: $0), amount: entry.heldChange) }
        }
        if case .admitted(let model, _, _, _) = call.outcome {
            let held = SimulatedHold.Held(
                model: admitted.offer.call.model, isRecordedModel: admitted.offer.call.model == model, openedAt: call.at, parts: parts)
            open[call.id] = SimulatedHold(labels: labels, held: held)
            return
        }
        // Nobody knows how the call would have ended: it is charged what was held for it.
        let amounts = admitted.offer.call.amounts
        report.replayedCost = report.replayedCost.addingClamped(amounts.cost)
        save(-amounts.cost, labels)
        let changes = parts.map { Settlement.Change(identity: $0.identity, envelope: $0.envelope, held: -$0.amount, spent: $0.amount) }
        if let booked = Settlement.book(changes, fact: call.id, book: &book, at: pricing.now) { note(booked.events) }
    }

    private mutating func compare(_ call: RecordedCall, _ conclusion: Conclusion) {
        let replayed: RecordedCall.Outcome =
            switch conclusion {
            case .admitted(let admitted):
                .admitted(
                    model: admitted.offer.call.model, cost: admitted.offer.call.amounts.cost, tokens: admitted.offer.call.amounts.tokens,
                    isDowngraded: admitted.reason != nil)
            case .refused(let problem, _): .refused(problem: problem)
            }
        guard replayed != call.outcome else { return }
        report.differences += 1
        guard report.listed.count < ReplayReport.maximumListed else { return }
        report.listed.append(
            ReplayReport.Difference(id: call.id, at: call.at, recorded: call.outcome.description, replayed: replayed.description))
    }

    // MARK: - Rows

    /// Money that would not have been spent; negative: that would have been spent besides.
    mutating func save(_ amount: Int64, _ labels: ReplayLabels) {
        var tally = ReplayTally()
        tally.saved = amount
        report.total.add(tally)
        ReplayReport.add(tally, to: labels.workflow, in: &report.workflows)
        ReplayReport.add(tally, to: labels.agent, in: &report.agents)
        if let first = labels.envelopes.first { ReplayReport.add(tally, to: first, in: &report.envelopes) }
    }

    private mutating func count(_ tally: ReplayTally, _ labels: ReplayLabels) {
        report.total.add(tally)
        ReplayReport.add(tally, to: labels.workflow, in: &report.workflows)
        ReplayReport.add(tally, to: labels.agent, in: &report.agents)
        for envelope in labels.envelopes { ReplayReport.add(tally, to: envelope, in: &report.envelopes) }
    }
}

extension RecordedCall.Outcome: CustomStringConvertible {
    var isAdmitted: Bool { if case .admitted = self { true } else { false } }

    public var description: String {
        switch self {
        case .admitted(let model, let cost, let tokens, let isDowngraded):
            "\(isDowngraded ? "downgraded" : "admitted")\(model.map { " with \($0)" } ?? ""), \(Money(nanos: cost)) and \(tokens) tokens held"
        case .refused(let problem): "refused: \(problem)"
        case .barred: "barred"
        }
    }
}
