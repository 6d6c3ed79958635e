Feature: Putting right what the systems disagree on

  Rule: OPS-5 what is safe is put right when it is asked for, and not before

    Scenario: A link that was lost
      Given Mina is a customer
      And staff have emptied the link of Mina's account to WHMCS
      When an operator compares the systems
      Then the operator reads of 1 difference, showing
        | kind         | repair     | outcome |
        | link_missing | write_link | -       |
      When an operator has the systems repaired
      Then the operator reads of 1 difference, showing
        | kind         | repair     | outcome  |
        | link_missing | write_link | repaired |
      And Mina's account leads to her client again
      And the audit trail holds that it was repaired
      When an operator compares the systems
      Then the operator reads of 0 differences

    Scenario: A sale that is behind its order
      Given Mina has everything in order
      And Mina has Internet running
      When staff move Mina's Internet opportunity to Post Processing
      And an operator has the systems repaired
      Then the operator reads of 1 difference, showing
        | kind               | repair    | outcome  |
        | stage_behind_order | set_stage | repaired |
      And Salesforce holds Mina's Internet opportunity at Active
      When an operator compares the systems
      Then the operator reads of 0 differences

    Scenario: A service that ended while its opportunity is active is left to a person
      Given Mina has everything in order
      And Mina has a VPN running
      When staff end the VPN in WHMCS
      And an operator has the systems repaired
      Then the operator reads of 1 difference, showing
        | kind             | repair  | outcome |
        | ended_but_active | by_hand | by_hand |
      And the operator reads why "Ask why the service ended before the sale does"

    Scenario: A cancelled sale whose service runs on is left to a person
      Given Mina has everything in order
      And Mina has Internet running
      When staff move Mina's Internet opportunity to 〇Cancelled
      And an operator has the systems repaired
      Then the operator reads of 1 difference, showing
        | kind                  | repair  | outcome |
        | cancelled_but_running | by_hand | by_hand |
