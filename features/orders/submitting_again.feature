Feature: Submitting again
  Whoever taps twice, comes back after a crash, or has two tabs open orders once.

  Background:
    Given Mina has everything in order

  Rule: ORD-5 the same wish makes the same order

    Scenario: A saved checkout is submitted once
      Given Mina has saved a checkout with a VPN
      When Mina submits her checkout
      And Mina submits her checkout again
      Then Mina gets the same answer twice
      And Salesforce holds 1 order of Mina's, "Pending Review"

    Scenario: Two tabs submit one checkout
      Given Mina has saved a checkout with an eSIM
      When Mina submits her checkout from two tabs at once
      Then Mina gets the same answer twice
      And Salesforce holds 1 order of Mina's, "Pending Review"

    Scenario: The same key gives the same order
      When Mina orders a VPN with the key "wish-1"
      And Mina orders a VPN with the key "wish-1"
      Then Mina gets the same answer twice
      And Salesforce holds 1 order of Mina's, "Pending Review"

    Scenario: The same key with something else in it is refused
      When Mina orders a VPN with the key "wish-1"
      And Mina orders an eSIM with the key "wish-1"
      Then Mina is refused, since "Idempotency key used for something else"
      And Salesforce holds 1 order of Mina's, "Pending Review"

    Scenario: The same cart from two tabs without a saved checkout
      When Mina orders a VPN
      And Mina orders a VPN
      Then Mina gets the same answer twice
      And Salesforce holds 1 order of Mina's, "Pending Review"

    Scenario: A second VPN on another day is another wish
      When Mina orders a VPN
      And 1 day passes
      And Mina orders a VPN
      Then Mina has 2 orders in review
