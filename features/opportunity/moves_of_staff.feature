Feature: What staff do to an opportunity by themselves

  Rule: OPP-1 the portal makes no other move, and reports those that staff make

    Scenario: An order approved on hold waits until the sale is resumed
      Given Mina's Internet opportunity is at Pending
      When staff approve the order
      Then WHMCS holds no order of Mina's
      And Salesforce holds Mina's Internet opportunity at Pending
      And staff are alarmed about "sale_out_of_step"
      When staff resume the sale
      Then Mina's Internet is running

    Scenario: An order approved on hold is cancelled
      Given Mina's Internet opportunity is at Pending
      And staff have approved the order
      When staff cancel the order
      Then Salesforce holds Mina's Internet opportunity at Void

    Scenario Outline: Staff move <from> to <to>
      Given Mina's Internet opportunity is at <from>
      When staff move Mina's Internet opportunity to <to>
      Then Salesforce holds Mina's Internet opportunity at <to>
      And staff are <reported>

      Examples:
        | from         | to          | reported    |
        | Ready        | Void        | not alarmed |
        | Ready        | △Cancelling | alarmed about "stage_no_rule_leads_to" |
        | Introduction | Active      | alarmed about "stage_no_rule_leads_to" |
        | Active       | Ready       | alarmed about "stage_no_rule_leads_to" |
