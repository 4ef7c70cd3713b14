/// Policies that several suites use.
enum SamplePolicy {
    /// One envelope for everything, for ever.
    static func total(_ limit: String) -> String {
        """
        envelopes:
          - { name: total, meter: cost, limit: "\(limit)" }
        """
    }

    /// One for everything, one for each team, one for each agent and day.
    static func layered(total: String, team: String, agent: String) -> String {
        """
        envelopes:
          - { name: total, meter: cost, limit: "\(total)" }
          - { name: team, per: [team_id], meter: cost, limit: "\(team)" }
          - { name: agent-day, per: [agent_id], meter: cost, limit: "\(agent)", window: { every: day } }
        """
    }

    static func daily(_ limit: String) -> String {
        """
        envelopes:
          - { name: daily, meter: cost, limit: "\(limit)", window: { every: day } }
        """
    }
}

/// Price files.
enum SamplePrices {
    /// One model at a price per input token; output is free.
    static func model(_ input: String, name: String = "gpt-5") -> String {
        """
        { "\(name)": { "input_cost_per_token": \(input), "output_cost_per_token": 0 } }
        """
    }
}
