Feature: Taking an order back

  Background:
    Given Mina has everything in order

  Rule: ORD-10 before approval the customer may withdraw, and staff may reject

    Scenario: The customer withdraws
      Given Mina has ordered Internet
      When Mina withdraws the order
      Then the order is cancelled
      And Salesforce holds the order as "Cancelled"
      And Salesforce holds the order's opportunity at Void
      And Mina gets the notice "Your order was cancelled"
      And WHMCS holds no order of Mina's

    Scenario: Withdrawing twice is withdrawing once
      Given Mina has ordered a VPN
      When Mina withdraws the order
      And Mina withdraws the order again
      Then the order is cancelled
      And Mina got the notice "Your order was cancelled" once

    Scenario: Staff reject, and the customer reads why
      Given Mina has ordered a VPN
      When staff reject the order, writing "The router can't be sent to a P.O. box."
      Then the order is cancelled
      And the order says why: "The router can't be sent to a P.O. box."
      And Salesforce holds the order's opportunity at Void
      And Mina gets the notice "Your order was cancelled"
      And the notice says "The router can't be sent to a P.O. box."

    Scenario: Staff reject, and the news is lost
      Given Mina has ordered a VPN
      And Salesforce's news are lost
      When staff reject the order, writing "The router can't be sent to a P.O. box."
      And 2 minutes pass
      Then Mina got the notice "Your order was cancelled" once

    Scenario: Once approved it can't be withdrawn any more
      Given Mina has ordered a SIM card
      Then the order can be withdrawn
      When staff approve the order
      Then the order can't be withdrawn
      When Mina withdraws the order
      Then Mina is refused, since "Not possible in this state"
      And Salesforce holds the order as "Approved"

    Scenario: Internet can be ordered again after a withdrawal
      Given Mina has ordered Internet
      When Mina withdraws the order
      And Mina orders Internet again
      Then Mina has 1 order in review
