internal import JSON
internal import Ledger

/// What a review says, as the fact keeps it and as the interface shows it: amounts as on the wire.
enum ReviewJSON {
    static func encode(_ review: WeeklyReview) -> [UInt8] {
        var writer = JSONWriter(capacity: 16_384)
        writer.object { writer in
            writer.name("currency")
            writer.string(review.currency)
            writer.name("spend")
            writer.spend(review.spend)
            writer.name("counts")
            writer.counts(review)
            writer.name("agents")
            writer.array(review.agents) { $0.agent($1) }
            writer.name("unusual_agents")
            writer.array(review.unusualAgents) { $0.agent($1) }
            writer.name("tag_coverage")
            writer.coverage(review.coverage)
            writer.name("overruns")
            writer.array(review.overruns) { $0.overrun($1) }
            writer.name("idle_holds")
            writer.array(review.idle) { $0.idle($1) }
            writer.name("running_out")
            writer.array(review.runningOut) { $0.runningOut($1) }
            writer.name("anomalies")
            writer.array(review.anomalies) { $0.anomaly($1) }
            writer.name("approvals")
            writer.approvals(review.approvals)
            writer.name("unit_economics")
            writer.array(review.declines) { $0.decline($1) }
            writer.name("route_trials")
            writer.array(review.trials) { $0.trial($1) }
            writer.name("partial")
            writer.array(review.partial.map(\.rawValue).sorted()) { $0.string($1) }
        }
        return writer.bytes
    }
}

extension JSONWriter {
    // MARK: - Use

    fileprivate mutating func spend(_ spend: WeeklyReview.Spend) {
        object { writer in
            writer.member("cost", money: spend.cost)
            writer.member("previous_cost", money: spend.previousCost)
            writer.member("change_percent", decimal: Change.hundredthsOfPercent(from: spend.previousCost, to: spend.cost))
            writer.member("calls", count: spend.calls)
            writer.member("tool_calls", count: spend.toolCalls)
            writer.name("forecast")
            guard let forecast = spend.forecast else { return writer.null() }
            writer.object { writer in
                writer.member("from", Timestamp(seconds: forecast.month.lowerBound).description)
                writer.member("until", Timestamp(seconds: forecast.month.upperBound).description)
                writer.member("spent", money: forecast.spent)
                writer.member("cost", money: forecast.cost)
                writer.member("method", forecast.method.rawValue)
                writer.member("known_days", count: Int64(forecast.knownDays))
            }
        }
    }

    fileprivate mutating func counts(_ review: WeeklyReview) {
        object { writer in
            writer.member("agents", count: Int64(review.agentCount))
            writer.member("unusual_agents", count: Int64(review.unusualCount))
            writer.member("overruns", count: Int64(review.overrunCount))
            writer.member("idle_holds", count: Int64(review.idleCount))
            writer.member("running_out", count: Int64(review.runningOutCount))
            writer.member("anomalies", count: Int64(review.anomalyCount))
            writer.member("unit_economics", count: Int64(review.declineCount))
        }
    }

    fileprivate mutating func agent(_ agent: WeeklyReview.Agent) {
        object { writer in
            writer.member("agent_id", agent.id)
            writer.member("workflow_name", agent.workflow)
            writer.member("cost", money: agent.cost)
            writer.member("calls", count: agent.calls)
            writer.member("runs", count: agent.runs)
            writer.member("cost_per_day", money: agent.dayCost)
            writer.member("median_day_cost", money: agent.median)
            writer.member("percent_of_median", decimal: agent.median.flatMap { Change.share(agent.dayCost, of: $0) })
            writer.member("above_twice_median", flag: agent.isUnusual)
        }
    }

    fileprivate mutating func coverage(_ coverage: WeeklyReview.Coverage?) {
        guard let coverage else { return null() }
        object { writer in
            writer.member("target_percent", decimal: WeeklyReview.coverageTarget)
            writer.share(coverage.whole)
            writer.name("tags")
            writer.array(coverage.tags) { writer, tag in
                writer.object { writer in
                    writer.name("tags")
                    writer.array(tag.names) { $0.string($1) }
                    writer.share(tag.share)
                    writer.name("lacking")
                    writer.array(tag.lacking) { writer, lacking in
                        writer.object { writer in
                            writer.member("workflow_name", lacking.workflow)
                            writer.member("agent_id", lacking.agentID)
                            writer.member("calls", count: lacking.calls)
                            writer.member("cost", money: lacking.cost)
                        }
                    }
                }
            }
        }
    }

    private mutating func share(_ share: WeeklyReview.Share) {
        member("calls", count: share.calls)
        member("covered_calls", count: share.coveredCalls)
        member("calls_percent", decimal: Change.share(share.coveredCalls, of: share.calls))
        member("cost", money: share.cost)
        member("covered_cost", money: share.coveredCost)
        member("cost_percent", decimal: Change.share(share.coveredCost, of: share.cost))
        member("below_target", flag: share.isLow)
    }

    // MARK: - Balances and holds

    private mutating func standing(_ identity: BalanceIdentity, owner: String?, limit: Int64, held: Int64, spent: Int64) {
        let used = Int64(clamping: Int128(held) + Int128(spent))
        member("envelope", identity.envelope)
        member("balance_id", identity.id.description)
        member("owner", owner)
        name("key")
        object { writer in
            for (name, value) in zip(identity.names, identity.values) {
                writer.name(name)
                writer.string(value)
            }
        }
        member("meter", identity.meter.rawValue)
        member("limit", limit, identity.meter)
        member("held", held, identity.meter)
        member("spent", spent, identity.meter)
        member("used_percent", decimal: limit > 0 ? Change.share(used, of: limit) : 10_000)
        name("window")
        object { writer in
            writer.member("start", identity.window.start?.description)
            writer.member("end", identity.window.end?.description)
        }
    }

    fileprivate mutating func overrun(_ overrun: WeeklyReview.Overrun) {
        object { writer in
            writer.standing(overrun.identity, owner: overrun.owner, limit: overrun.limit, held: overrun.held, spent: overrun.spent)
            writer.member("over", overrun.over, overrun.identity.meter)
        }
    }

    fileprivate mutating func runningOut(_ line: WeeklyReview.RunningOut) {
        object { writer in
            writer.standing(line.identity, owner: line.owner, limit: line.limit, held: line.held, spent: line.spent)
            writer.member("exhausted_at", line.exhaustedAt.description)
        }
    }

    fileprivate mutating func idle(_ idle: WeeklyReview.Idle) {
        object { writer in
            writer.member("agent_id", idle.agentID)
            writer.member("holds", count: idle.holds)
            writer.member("held", money: idle.held)
        }
    }

    // MARK: - Findings

    fileprivate mutating func anomaly(_ anomaly: WeeklyReview.Anomaly) {
        object { writer in
            writer.member("id", anomaly.id.description)
            writer.member("kind", anomaly.kind.rawValue)
            writer.member("state", anomaly.closure == nil ? "open" : "closed")
            writer.member("at", anomaly.foundAt.description)
            writer.member("message", anomaly.message)
            writer.member("agent_id", anomaly.agentID)
            writer.member("workflow_name", anomaly.workflow)
            writer.member("owner", anomaly.owner)
            writer.member("at_stake", money: anomaly.atStake)
            writer.member("outcome", anomaly.closure?.outcome)
            writer.member("reason", anomaly.closure?.reason)
            writer.name("changes_after")
            writer.array(anomaly.changes) { writer, change in
                writer.object { writer in
                    writer.member("kind", change.kind.rawValue)
                    writer.member("at", change.at.description)
                    writer.member("what", change.what)
                }
            }
        }
    }

    fileprivate mutating func approvals(_ approvals: WeeklyReview.Approvals) {
        object { writer in
            writer.member("pending", count: approvals.pending)
            writer.name("decided")
            writer.array(approvals.rows) { writer, row in
                writer.object { writer in
                    writer.member("envelope", row.envelope)
                    writer.member("meter", row.meter.rawValue)
                    writer.member("approved", count: row.approved)
                    writer.member("rejected", count: row.rejected)
                    writer.member("expired", count: row.expired)
                    writer.member("granted", row.granted, row.meter)
                }
            }
        }
    }

    fileprivate mutating func decline(_ decline: WorkflowDecline) {
        object { writer in
            writer.member("workflow_name", decline.workflow)
            writer.member("owner", decline.owner)
            writer.member("outcomes", count: decline.now.sums.outcomes)
            writer.member("cost_per_outcome", money: decline.now.costPerOutcome)
            writer.member("previous_cost_per_outcome", money: decline.before.costPerOutcome)
            writer.member("change_percent", decimal: decline.now.change(from: decline.before))
            writer.member("target_cost", decline.targetCost?.description)
            writer.member("quality", decimal: decline.now.sums.meanQuality, scale: 3)
            writer.member("previous_quality", decimal: decline.before.sums.meanQuality, scale: 3)
            writer.name("reasons")
            writer.array(decline.reasons) { $0.string($1) }
        }
    }

    fileprivate mutating func trial(_ trial: WeeklyReview.Trial) {
        object { writer in
            writer.member("id", trial.id.description)
            writer.member("workflow_name", trial.workflow)
            writer.member("to", trial.tier)
            writer.member("state", trial.state)
            writer.member("reason", trial.reason)
            writer.member("started_at", trial.startedAt.description)
            writer.member("ended_at", trial.endedAt?.description)
        }
    }
}
