extension BrokenDocument {
    /// Limits, what they are for, and their windows.
    static let envelopes: [BrokenDocument] = [
        """
        envelopes:
          # Everything is missing.
          - owner: support-lead@example.com # here /envelopes/0 needs a name # here /envelopes/0 needs a meter # here /envelopes/0 needs a limit or a per_call
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limt: "4000" # here /envelopes/0/limt known here: name, owner
            per_call: "5"
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limit: 4000 # here /envelopes/0/limit write "4000"
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limit: "-1" # here /envelopes/0/limit from 0 to
          - name: team
            meter: cost
            limit: "0.0000000001" # here /envelopes/1/limit at most nine decimals
          - name: steps
            meter: model_calls
            limit: "12" # here /envelopes/2/limit write a whole number
        """,
        """
        envelopes:
          - name: Triage Budget # here /envelopes/0/name lower-case letters
            meter: money # here /envelopes/0/meter write one of cost, tokens, model_calls, tool_calls
            limit: "1"
        """,
        """
        envelopes:
          - { name: triage, meter: cost, limit: "1" }
          - { name: team, meter: cost, limit: "1" }
          - { name: triage, meter: cost, limit: "2" } # here /envelopes/2/name the envelope on line 2 has the name 'triage' too
        """,
        """
        # One file,
        envelopes:
          - { name: triage, meter: cost, limit: "1" }
        ---
        # and another.

        envelopes:
          - name: triage # here /envelopes/0/name names must be unique
            meter: cost
            limit: "2"
        """,
        """
        envelopes:
          - name: triage
            match:
              environment: [] # here /envelopes/0/match/environment name at least one value
              Team: support # here /envelopes/0/match/Team is no tag name
              agent_id: [triage-*, {}] # here /envelopes/0/match/agent_id/1 write a text
            per:
              - agent_id
              - run-id # here /envelopes/0/per/1 is no tag name
              - agent_id # here /envelopes/0/per/2 stands here twice
            meter: cost
            limit: "1"
        """,
        """
        envelopes:
          - name: steps
            per: [agent_id]
            meter: model_calls
            limit: 12
            window: { every: run } # here /envelopes/0/window write per: [run_id]
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limit: "1"
            window: { starts: monday } # here /envelopes/0/window say how long a window is
          - name: team
            meter: cost
            limit: "1"
            window:
              every: fortnight # here /envelopes/1/window/every write one of minute, hour, day, week, month, run
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limit: "1"
            window:
              every: month
              starts: monday # here /envelopes/0/window/starts only weeks start on a day
              time_zone: CET # here /envelopes/0/window/time_zone write UTC or a name such as Europe/Paris
              at: 10:30 # here /envelopes/0/window/at write a quoted time of day
        """,
        """
        envelopes:
          - name: triage
            meter: cost
            limit: "1"
            window:
              every: week
              starts: lundi # here /envelopes/0/window/starts write one of monday
              at: "9:00" # here /envelopes/0/window/at such as "09:00"
              until: friday # here /envelopes/0/window/until known here: every, starts, at, time_zone
        """,
        """
        envelopes:
          - { name: rate, meter: tool_calls, limit: 30, window: { every: minute, time_zone: Europe/Paris } } # here /envelopes/0/window/time_zone only days, weeks and months
        """,
        """
        envelopes:
          - name: credits
            meter: cost
            limit: "25"
            rollover: { up_to: "10" } # here /envelopes/0/rollover write window: { every: week }
          - name: steps
            meter: model_calls
            limit: 12
            window: { every: day }
            rollover:
              expires_in: 2 weeks # here /envelopes/1/rollover say how much is carried at most: up_to: 10 # here /envelopes/1/rollover/expires_in write a duration such as 30m
        """,
        """
        envelopes:
          - name: big-spend
            meter: cost
            per_call: "10000"
            window: { every: month }
            rollover:
              up_to: 10 # here /envelopes/0/rollover/up_to write "10" # here /envelopes/0/rollover give the envelope a limit
        """,
        """
        envelopes:
          - name: triage
            playbook: see the wiki # here /envelopes/0/playbook begins with https://
            meter: cost
            limit: "1"
            mode: dry # here /envelopes/0/mode write one of enforce, shadow
        """,
    ].map(BrokenDocument.init)
}
