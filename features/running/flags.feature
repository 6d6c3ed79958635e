Feature: Switches

  Rule: OPS-3 parts of the portal are switched by share and by account

    Scenario: The public catalog is switched off
      Given Mina is a customer
      And the public catalog is switched off
      When somebody looks at the plans
      Then they are asked to log in
      When Mina looks at her plans
      Then Mina sees VPN London

    Scenario: The unified checkout is switched off
      Given Mina has everything in order
      And the unified checkout is switched off
      When Mina saves a checkout with a VPN
      Then Mina is refused, since "Not open"
      When Mina orders a VPN
      Then Mina has 1 order in review

    Scenario: Registration is switched off
      Given registration is switched off
      When Mina signs up
      Then Mina is refused, since "Not open"

    Scenario: Public support is switched off
      Given public support is switched off
      When somebody writes to support
      Then they find nothing

    Scenario: The automatic checker is switched on for one account
      Given Tomás lives in Jingumae
      And Priya lives in Jingumae
      And the automatic checker is switched on for Tomás alone
      When Tomás asks for internet availability
      And Priya asks for internet availability
      Then Tomás's eligibility is eligible
      And Priya's eligibility is pending
