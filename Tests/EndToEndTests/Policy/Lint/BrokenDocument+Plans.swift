extension BrokenDocument {
    private static let begin = """
        tiers: [premium, standard, economy]
        envelopes:
          - name: triage
            per: [team_id]
            meter: cost
            limit: "4000"
            plan:

        """

    /// Plans, with an envelope of a team before them.
    static let plans: [BrokenDocument] = [
        "      - { at: 80, do: alert } # here /envelopes/0/plan/0 add a last step that does, such as { at: 120, do: refuse }",
        """
              - { at: 80, do: alert }
              - { at: 100, do: downgrade, to: economy } # here /envelopes/0/plan/1 this plan never stops
        """,
        """
              - { at: 100, do: refuse }
              - { at: 120, do: require_approval } # here /envelopes/0/plan/1 the plan refuses at 100 % already
        """,
        """
              - { at: 100, do: downgrade } # here /envelopes/0/plan/0 say to which tier: to: economy
              - { at: 120, do: refuse, to: economy } # here /envelopes/0/plan/1/to only a downgrade goes to a tier
        """,
        """
              - at: 100
                do: downgrade
                to: cheap # here /envelopes/0/plan/0/to write one of premium, standard, economy
              - at: 110
                do: downgrade
                to: premium # here /envelopes/0/plan/1/to a downgrade goes to a cheaper one
              - at: 120
                do: refuse
        """,
        """
              - { at: 100, do: refuse, within: 1h } # here /envelopes/0/plan/0/within only a suspension has a within
              - { at: 150, do: suspend, within: 1 hour } # here /envelopes/0/plan/1/within such as 30m, 1h or 7d # here /envelopes/0/plan/1 add one of run_id, session_id, agent_id, user_id to per
        """,
        """
              - { at: 0, do: alert } # here /envelopes/0/plan/0/at a whole percentage of the limit, 1 to 1000
              - { at: "100", do: refuse } # here /envelopes/0/plan/1/at a whole percentage of the limit
              - { at: 99.5, do: alert } # here /envelopes/0/plan/2/at a whole percentage of the limit
        """,
        """
              - at: 90 # here /envelopes/0/plan/0 say what this step does: do: refuse
              - do: refuse # here /envelopes/0/plan/1 say at which percentage of the limit this step acts
              - at: 100
                do: block # here /envelopes/0/plan/2/do write one of alert, downgrade, require_approval, refuse, suspend
                tell: finance # here /envelopes/0/plan/2/tell known here: at, do, to, within
        """,
    ].map { BrokenDocument(begin + $0) }

    /// Models, tags, and which tools may be used.
    static let rules: [BrokenDocument] = [
        """
        tiers: [premium, economy]
        models:
          gpt-5: { tier: premium, downgrade_to: gpt-5-mini } # here /models/gpt-5/downgrade_to it comes back to 'gpt-5'
          gpt-5-mini: { tier: premium, downgrade_to: gpt-5 } # here /models/gpt-5-mini/downgrade_to this route is a loop
        """,
        """
        tiers: [premium, economy]
        ---
        models:
          gpt-5:
            tier: luxury # here /models/gpt-5/tier write one of premium, economy
          gpt-5-mini:
            downgrade_to: gpt-5-nano # here /models/gpt-5-mini a model needs a tier
          gpt-4: { tier: economy, downgrade_to: gpt-4o } # here /models/gpt-4/downgrade_to 'gpt-4o' is not among the models
        """,
        """
        tiers: [premium, economy, premium] # here /tiers/2 stands here twice
        models:
          small: { tier: economy, downgrade_to: big } # here /models/small/downgrade_to a downgrade goes to a cheaper one
          big: { tier: premium }
        tool_tiers:
          "crm.*": paid # here /tool_tiers/crm.* 'paid' is no tier
        """,
        """
        envelopes:
          - { name: premium-calls, match: { tier: premium }, meter: cost, limit: "1" } # here /envelopes/0/match/tier list the tiers first
        """,
        """
        tags:
          required:
            - team_id
            - model # here /tags/required/1 read from the call itself
            - [] # here /tags/required/2 an empty list
          values:
            environment: [] # here /tags/values/environment name at least one value
        """,
        """
        tags:
          required: [team_id]
          exceptions:
            - match: { workflow_name: legacy_import }
              missing: [cost_center] # here /tags/exceptions/0/missing/0 nothing requires 'cost_center'
              expires: 2027-02-30 # here /tags/exceptions/0/expires such as 2027-01-31
              reason: "later"
            - missing: [team_id] # here /tags/exceptions/1 say which calls # here /tags/exceptions/1 an exception needs an end # here /tags/exceptions/1 say why
        """,
        """
        tags:
          required: { sandbox: [team_id] }
          allow_missing_in:
            - sandbox # here /tags/allow_missing_in/0 has required tags of its own on line 2
          optional: [user_id] # here /tags/optional known here: required, values
        """,
        """
        tools:
          - match: { agent_id: "triage-*" } # here /tools/0 add allow or deny
          - allow: crm.* # here /tools/1/allow write a list
        model_rules:
          - deny: [gpt-5]
            when: { envelope: triage, at: 80 } # here /model_rules/0/when/envelope there is no envelope 'triage' with a limit
        """,
        """
        envelopes:
          - { name: agent-day, per: [agent_id], meter: cost, limit: "50" }
        breakers:
          - name: loop
            on: team # here /breakers/0/on write one of run, session, agent, user, workflow, key
            when: { same_state: 10, steps: 40 } # here /breakers/0/when one condition only
            do: stop # here /breakers/0/do write one of suspend, alert
          - { name: agent-day, on: run, when: { steps: 40 }, do: suspend } # here /breakers/1/name the envelope on line 2 has the name
          - name: overrun
            on: run # here /breakers/2/on write on: agent
            when: { overrun: { percent: 50, within: 1h, envelope: agent-day } }
            do: suspend
          - name: storm
            on: agent
            when: { tool_calls: { count: 30 } } # here /breakers/3/when/tool_calls within: 5m
            do: alert
            mode: shadow # here /breakers/3/mode known here: name, on, match, when, do, owner, playbook
        """,
    ].map(BrokenDocument.init)
}
