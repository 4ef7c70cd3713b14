internal import JSON
internal import Ledger

extension JSONWriter {
    /// An envelope as the policy has it, and what stands beside it.
    mutating func envelope(_ envelope: Envelope, policy: Policy, freeze: Freeze?, more: (inout JSONWriter) -> Void = { _ in }) {
        object { writer in
            writer.name("name")
            writer.string(envelope.name)
            writer.name("meter")
            writer.string(envelope.meter.rawValue)
            writer.name("match")
            writer.object { writer in
                for condition in envelope.match {
                    writer.name(condition.label)
                    writer.matcher(condition.matcher)
                }
            }
            writer.name("per")
            writer.array(envelope.per) { $0.string($1) }
            writer.name("limit")
            writer.amount(envelope.limit, envelope.meter)
            writer.name("per_call")
            writer.amount(envelope.perCall, envelope.meter)
            writer.name("window")
            writer.rule(envelope.windowRule)
            writer.name("rollover")
            writer.rollover(envelope)
            writer.name("plan")
            writer.array(envelope.plan.steps) { $0.step($1) }
            writer.name("owner")
            writer.string(envelope.owner)
            writer.name("channels")
            writer.array(policy.contacts.first { $0.owner == envelope.owner }?.channels ?? []) { $0.string($1) }
            writer.name("playbook")
            writer.string(envelope.playbook)
            writer.name("mode")
            writer.string(envelope.mode.rawValue)
            writer.name("policy_version")
            writer.integer(policy.version)
            writer.name("frozen")
            if let freeze { writer.object { $0.freeze(freeze) } } else { writer.null() }
            more(&writer)
        }
    }

    private mutating func step(_ step: PlanStep) {
        object { writer in
            writer.name("at")
            writer.integer(step.at)
            writer.name("do")
            writer.string(step.action.rawValue)
            if let tier = step.to {
                writer.name("to")
                writer.string(tier)
            }
            if let seconds = step.withinSeconds {
                writer.name("within_seconds")
                writer.integer(seconds)
            }
        }
    }

    private mutating func rollover(_ envelope: Envelope) {
        guard let rollover = envelope.rollover else { return null() }
        object { writer in
            writer.name("up_to")
            writer.amount(rollover.upTo, envelope.meter)
            writer.name("expires_in_seconds")
            writer.integer(rollover.expiresInSeconds)
        }
    }

    private mutating func amount(_ value: Int64?, _ meter: Meter) {
        if let value { amount(value, meter) } else { null() }
    }

    private mutating func matcher(_ matcher: Matcher) {
        if case .anyOf = matcher {
            array(matcher.texts) { $0.string($1) }
        } else {
            string(matcher.texts.first)
        }
    }

    private mutating func rule(_ rule: WindowRule) {
        guard rule.period != .forever else { return null() }
        object { writer in
            writer.name("every")
            writer.string(rule.period.rawValue)
            if rule.period == .week {
                let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
                writer.name("starts")
                writer.string(days[Int(rule.weekStart) % days.count])
            }
            switch rule.period {
            case .day, .week, .month:
                writer.name("at")
                writer.string(Self.clock(rule.secondOfDay))
                writer.name("time_zone")
                writer.string(rule.zone.name)
            default: break
            }
        }
    }

    private static func clock(_ second: Int64) -> String {
        let pair: (Int64) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(pair(second / 3_600)):\(pair(second / 60 % 60))"
    }
}
