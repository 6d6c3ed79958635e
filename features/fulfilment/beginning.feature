Feature: What begins an activation
  Salesforce tells that an order was approved, and may call for its activation as well. Whatever
  comes first, twice, or not at all: each order is activated once.

  Background:
    Given Mina has everything in order

  Rule: FUL-1 one activation for each order, however often it is called for

    Scenario: The news of the approval is enough
      Given Mina has ordered a VPN
      When staff approve the order
      Then Mina's VPN is running
      And WHMCS holds 1 order of Mina's

    Scenario: The news comes twice
      Given Mina has ordered a VPN
      And Salesforce tells everything twice
      When staff approve the order
      Then WHMCS holds 1 order of Mina's
      And Mina got the notice "Your service is active" once

    Scenario: The news is lost, and the call comes
      Given Mina has ordered a VPN
      And Salesforce's news are lost
      When staff approve the order
      And Salesforce calls for the activation of the order
      Then Mina's VPN is running

    Scenario: The news is lost, and nobody calls
      Given Mina has ordered a VPN
      And Salesforce's news are lost
      When staff approve the order
      And 2 minutes pass
      Then Mina's VPN is running
      And Mina got the notice "Your order is approved" once

    Scenario: News and calls all at once
      Given Mina has ordered an eSIM
      When staff approve the order while Salesforce calls for its activation 3 times
      Then Mina's SIM is running
      And WHMCS holds 1 order of Mina's
      And the issuer made 1 eSIM for Mina

  Rule: FUL-6 the customer hears of the approval

    Scenario: A notice and a mail
      Given Mina has ordered a SIM card
      When staff approve the order
      Then Mina gets the notice "Your order is approved"
      And Mina gets a mail "Your order is approved"
