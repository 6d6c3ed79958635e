Feature: The opportunity an order belongs to

  Background:
    Given Mina has everything in order

  Rule: ORD-4 a fitting opportunity is used, else one is made

    Scenario: Internet goes on with the opportunity of its check
      Given Salesforce holds 1 opportunity of Mina's at Ready
      When Mina orders Internet
      Then Salesforce holds 1 opportunity of Mina's at Post Processing
      And the order is on the opportunity of Mina's check

    Scenario: VPN always gets a new one
      When Mina orders a VPN
      Then Salesforce holds 1 opportunity of Mina's at Ready
      And Salesforce holds 1 opportunity of Mina's at Post Processing

    Scenario: The customer may name the opportunity
      When Mina orders Internet on the opportunity of her check
      Then the order is on the opportunity of Mina's check

    Scenario: An opportunity of another product does not fit
      When Mina orders a VPN on the opportunity of her check
      Then Mina is refused, since "This request can't be ordered on"
      And Salesforce holds no order of Mina's

    Scenario: Somebody else's opportunity does not fit
      Given Tomás has everything in order
      When Tomás orders Internet on the opportunity of Mina's check
      Then Tomás is refused, since "This request can't be ordered on"
      And Salesforce holds 1 opportunity of Mina's at Ready

    Scenario: One that staff moved on does not fit
      Given staff have moved the opportunity of Mina's check to Post Processing
      When Mina orders Internet on the opportunity of her check
      Then Mina is refused, since "This request can't be ordered on"
