/// Policies that several suites use.
enum SamplePolicy {
    static func total(_ limit: String) -> String { "envelopes: [{ name: total, meter: cost, limit: \"\(limit)\" }]" }

    static let teams = """
        envelopes:
          - { name: total, meter: cost, limit: "100" }
          - { name: team, owner: finance, match: { environment: [production, "stag*"] }, per: [team_id], meter: cost, limit: "10", per_call: "5",
              window: { every: week, starts: sunday, at: "09:30", time_zone: Europe/Paris }, plan: [ { at: 120, do: refuse } ] }
          - { name: tokens, meter: tokens, limit: 5000, window: { every: month } }
        """

    static let prices = """
        { "gpt-5": { "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07 } }
        """
}
