Feature: One order for each service

  Background:
    Given Mina has everything in order

  Rule: ORD-2 a cart of several becomes several

    Scenario: Two eSIMs become two orders and two opportunities
      When Mina orders an eSIM and an eSIM
      Then Mina has 2 orders in review
      And Salesforce holds 2 orders of Mina's, "Pending Review"
      And Salesforce holds 2 opportunities of Mina's at Post Processing
      And each of Mina's orders is on an opportunity of its own

    Scenario: Each order carries its own plan with what goes with it
      When Mina orders Internet and an eSIM
      Then Mina's orders hold
        | product  | line                         | price  |
        | Internet | Internet Home 1G Silver      | 5,500  |
        | Internet | Installation, paid at once   | 22,800 |
        | SIM      | SIM 5GB Data, SMS and calls  | 1,480  |
        | SIM      | SIM activation fee           | 1,500  |

  Rule: ORD-3 an order begins under review, with everything as it was

    Scenario: Nothing has started yet
      When Mina orders an eSIM
      Then Salesforce holds the order as "Pending Review", activation "Not Started", to begin "Immediate"
      And Salesforce holds the eSIM's number on the order
      And Salesforce holds Mina's address on the order

    Scenario: A day that was chosen is kept
      When Mina orders a VPN to start on 2026-02-10
      Then Salesforce holds the order as "Pending Review", activation "Not Started", to begin "Scheduled"
      And Salesforce holds 2026-02-10 as the day of the order's start

    Scenario: A price that changes later changes no order
      Given Mina has ordered a VPN
      When staff change the price of a VPN to ¥3,000
      Then the order costs ¥2,500 a month
