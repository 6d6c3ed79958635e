Feature: Gates that look at the cart
  Some gates close because of what is ordered, and one closed gate refuses the whole cart.

  Background:
    Given Mina has everything in order

  Rule: ORD-1 one closed gate refuses the whole cart and leaves nothing behind

    Scenario: The address has to be confirmed for each order
      When Mina orders a VPN without confirming her address
      Then the order is refused, since "You have not confirmed the address for this order."
      And Mina is led to "Confirm the address"
      And Salesforce holds no order of Mina's

    Scenario: Nobody pays a price they have not seen
      Given Mina has saved a checkout with a VPN
      When staff change the price of a VPN to ¥3,000
      And Mina submits her checkout
      Then the order is refused, since "The price is not the one you last saw."
      And Mina is led to "Review your cart"
      When Mina looks at her checkout again
      And Mina submits her checkout
      Then Mina has 1 order in review

    Scenario: A plan has to be one that reaches the address
      When Mina orders Internet for apartments
      Then the order is refused, since "This plan is not offered at your address."
      And Mina is led to "Choose another plan"
      And Salesforce holds no order of Mina's

    Scenario: Nobody has Internet twice
      Given Mina has ordered Internet
      When 1 hour passes
      And Mina orders Internet again
      Then the order is refused, since "You have an internet service or an open order for one."
      And Salesforce holds 1 order of Mina's, "Pending Review"

    Scenario: One service that can't be ordered refuses the others too
      When Mina orders a VPN and a family SIM
      Then the order is refused, since "A family plan needs an active SIM service."
      And Salesforce holds no order of Mina's

    Scenario: While a gate can't be read nothing is taken, and nothing is refused for good
      Given WHMCS does not answer
      When Mina orders a VPN
      Then Mina is asked to try again later
      And Salesforce holds no order of Mina's
      When WHMCS answers again
      And Mina orders a VPN
      Then Mina has 1 order in review
