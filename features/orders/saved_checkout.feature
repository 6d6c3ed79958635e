Feature: A checkout that is kept

  Rule: ORD-7 a checkout goes on on any device for thirty days

    Scenario: Going on after days of waiting, on another device
      Given Mina has everything in order
      And Mina has saved a checkout with an eSIM
      When 20 days pass
      And Mina logs in on another device
      Then Mina's checkout holds an eSIM

    Scenario Outline: Kept for thirty days
      Given Mina has everything in order
      And Mina has saved a checkout with a VPN
      When <days> days pass
      Then Mina's checkout is <kept>

      Examples:
        | days | kept  |
        | 29   | there |
        | 30   | gone  |

    Scenario: One reminder after a day, with consent
      Given Mina has everything in order
      And Mina has saved a checkout with a VPN
      When 23 hours pass
      Then Mina has 0 reminder mails
      When 2 hours pass
      Then Mina has 1 reminder mail
      When 2 days pass
      Then Mina has 1 reminder mail

    Scenario: Without consent there is none
      Given Tomás, who wants no mails, has everything in order
      And Tomás has saved a checkout with a VPN
      When 3 days pass
      Then Tomás has 0 reminder mails

    Scenario: What was ordered is not reminded of
      Given Mina has everything in order
      And Mina has saved a checkout with a VPN
      When Mina submits her checkout
      And 3 days pass
      Then Mina has 0 reminder mails
