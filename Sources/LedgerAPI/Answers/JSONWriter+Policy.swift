internal import JSON
internal import Ledger
internal import LedgerStore

/// How policies and their differences look on the wire.
extension JSONWriter {
    /// What is odd about a policy.
    mutating func issue(_ issue: PolicyIssue) {
        object { writer in
            writer.name("file")
            writer.string(issue.file)
            writer.name("pointer")
            writer.string(issue.pointer)
            writer.name("line")
            writer.integer(Int64(issue.line))
            writer.name("detail")
            writer.string(issue.detail)
        }
    }

    mutating func change(_ change: PolicyChange) {
        object { writer in
            writer.name("kind")
            writer.string(change.kind.rawValue)
            writer.name("what")
            writer.string(change.what)
            writer.name("name")
            writer.string(change.name)
            writer.name("detail")
            writer.string(change.detail)
            writer.name("new_balances")
            writer.bool(change.newBalances)
        }
    }

    /// A live balance that a policy would put over its limit.
    mutating func overLimit(_ view: BalanceView) {
        let meter = view.identity.meter
        object { writer in
            writer.name("balance_id")
            writer.id(view.identity.id)
            writer.name("envelope")
            writer.string(view.identity.envelope)
            writer.name("key")
            writer.key(view.identity)
            writer.name("meter")
            writer.string(meter.rawValue)
            writer.name("limit")
            writer.amount(view.limit, meter)
            writer.name("held")
            writer.amount(view.held, meter)
            writer.name("spent")
            writer.amount(view.spent, meter)
        }
    }

    /// What a policy has beside its text.
    mutating func summary(of policy: Policy) {
        name("envelopes")
        array(policy.envelopes) { $0.string($1.name) }
        name("tiers")
        array(policy.routes.tiers) { $0.string($1) }
        name("unmatched")
        string(policy.unmatched.rawValue)
        name("contacts")
        object { writer in
            for contact in policy.contacts {
                writer.name(contact.owner)
                writer.array(contact.channels) { $0.string($1) }
            }
        }
        name("workflows")
        array(policy.workflows) { $0.workflow($1) }
        name("breakers")
        array(policy.breakers) { $0.breaker($1) }
    }

    private mutating func breaker(_ breaker: Breaker) {
        object { writer in
            writer.name("name")
            writer.string(breaker.name)
            writer.name("on")
            writer.string(breaker.on.rawValue)
            writer.name("when")
            writer.string(breaker.when.text)
            writer.name("do")
            writer.string(breaker.action.rawValue)
            writer.name("owner")
            writer.string(breaker.owner)
            writer.name("playbook")
            writer.string(breaker.playbook)
        }
    }

    private mutating func workflow(_ workflow: Workflow) {
        object { writer in
            writer.name("name")
            writer.string(workflow.name)
            writer.name("owner")
            writer.string(workflow.owner)
            writer.name("playbook")
            writer.string(workflow.playbook)
            writer.name("outcome")
            writer.string(workflow.outcome)
            writer.name("target_cost")
            writer.string(workflow.targetCost?.description)
            writer.name("human_cost")
            writer.string(workflow.humanCost?.description)
            writer.name("rates")
            writer.object { writer in
                for (name, rate) in workflow.rates.sorted(by: { $0.key < $1.key }) {
                    writer.name(name)
                    writer.string(rate.description)
                }
            }
        }
    }
}
