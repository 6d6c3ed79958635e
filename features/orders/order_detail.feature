Feature: Looking at an order

  Background:
    Given Mina has everything in order

  Rule: ORD-6 an order shows how it stands, and only to its customer

    Scenario: An order under review says who has it and by when
      When Mina orders an eSIM
      Then the order is pending review
      And the order costs ¥1,480 a month and ¥1,500 once
      And the order tells nothing of an activation
      And the order's story ends with "We are checking your order"
      And the order's story says that SonixNet has the next step until 2026-01-22

    Scenario: An approved order shows its activation
      Given Mina has ordered a SIM card
      When staff approve the order
      Then the order is approved
      And the order's activation is not started
      And the order's story ends with "We are about to send your SIM"

    Scenario: An order shows what it rests on
      When Mina orders Internet and an eSIM
      Then the Internet order shows that Mina's address is eligible
      And the SIM order shows that Mina's ID is verified

    Scenario: Somebody else's order does not exist
      Given Mina has ordered a VPN
      And Tomás is a customer
      When Tomás looks at Mina's order
      Then Tomás finds nothing

    Scenario: Nor is it in anybody else's list
      Given Mina has ordered a VPN
      And Tomás is a customer
      Then Tomás has 0 orders in review
