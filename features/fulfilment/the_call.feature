Feature: The signed call for an activation
  Salesforce may call the portal to have an approved order activated. The call is signed, and is
  answered with how the work stands.

  Background:
    Given Mina has everything in order

  Rule: FUL-7 the call answers with the work, and activates now

    Scenario: A call for an approved order
      Given Mina has ordered a VPN
      And staff have approved the order
      When Salesforce calls for the activation of the order
      Then the call is answered with the work as done

    Scenario: An order that is not approved is a conflict
      Given Mina has ordered a VPN
      When Salesforce calls for the activation of the order
      Then the call is refused, since "The order is not approved"
      And WHMCS holds no order of Mina's

    Scenario: A scheduled order is activated now
      Given Mina has ordered a VPN to start on 2026-02-10
      And staff have approved the order
      When Salesforce calls for the activation of the order
      Then Mina's VPN is running

    Scenario: A call that is not signed right does nothing
      Given Mina has ordered a VPN to start on 2026-02-10
      And staff have approved the order
      When somebody calls for the activation of the order with a wrong signature
      Then the call is turned away
      And WHMCS holds no order of Mina's

    Scenario: The same call again is answered as the first was
      Given Mina has ordered a VPN to start on 2026-02-10
      And staff have approved the order
      When Salesforce calls for the activation of the order with the key "call-1"
      And Salesforce calls for the activation of the order with the key "call-1"
      Then both calls are answered alike
      And WHMCS holds 1 order of Mina's
