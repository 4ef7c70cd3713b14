extension BrokenDocument {
    /// What is no YAML, or not the shape of a policy.
    static let syntax: [BrokenDocument] = [
        """
        envelopes:
          - name: triage
            match: { environment: production
            meter: cost # here  not YAML
        """,
        """
        envelopes:
          - name: triage
        \t  meter: cost # here  not YAML
        """,
        """
        tiers: [premium, economy]
        ---
        envelopes:
          - name: triage
           meter: cost # here  not YAML
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limit: *standard # here  alias
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limit: "4000" # here  these keys twice: limit
            window: { every: month }
            limit: "5000"
        """,
        """
        # A list is not a policy.
        - name: triage # here  write a mapping
          meter: cost
        """,
        """
        tiers: [premium]
        ---
        envelopes # here  write a mapping
        """,
        """
        contacts: {}
        envelops: # here /envelops known here: contacts, tiers, tags, envelopes
          - name: triage
        """,
        """
        envelopes:
          triage: # here /envelopes write a list
            meter: cost
        """,
        """
        envelopes:
          - triage # here /envelopes/0 write a mapping
          - name: team
            meter: cost
            limit: "5"
        """,
        """
        tiers: [premium, economy]
        unmatched: refuse
        ---
        # The second file.
        unmatched: admit # here /unmatched stands in another document too; keep one
        ---
        tiers: [cheap] # here /tiers stands in another document too; keep one
        """,
        """
        unmatched: maybe # here /unmatched write one of admit, refuse
        unknown_price: free # here /unknown_price write refuse, or {
        """,
        """
        unknown_price:
          input_cost_per_token: 0.00001 # here /unknown_price/input_cost_per_token write a quoted price
          output_cost_per_token: "0" # here /unknown_price/output_cost_per_token above zero
        """,
        """
        contacts:
          support-lead@example.com: slack # here /contacts/support-lead@example.com write a list
          finance: [] # here /contacts/finance name at least one webhook
        """,
        """
        workflows:
          triage: # here /workflows/triage name the outcome
            target_cost: "1.50"
            playbook: wiki/triage # here /workflows/triage/playbook begins with https://
            rates: { human_minute: 0.9 } # here /workflows/triage/rates/human_minute write "0.9"
        """,
    ].map(BrokenDocument.init)
}
