Feature: One email address, one account

  Rule: ACC-5 however an address is written, it is one

    Scenario Outline: Mina's address written as "<written>"
      Given Mina is a customer
      When Mina logs in with the address "<written>"
      Then she is logged in
      When somebody signs up with the address "<written>"
      Then Mina gets a mail "You already have a SonixNet account"

      Examples:
        | written              |
        | MINA@Example.COM     |
        | ｍｉｎａ＠example.com |
        |  mina@example.com    |

    Scenario: An address that Salesforce holds already is linked, not made again
      Given Aiko was a customer before there was a portal, with the number "P0004711"
      When Aiko signs up
      And she gives the code from her mail
      Then her customer number is "P0004711"
      And Salesforce holds one account and one contact of hers

    Scenario: Two sign-ups of one address, both confirmed
      When Priya signs up
      And Priya signs up again
      And she gives the code from both mails
      Then Priya is refused, since "You are a customer already"
      And Salesforce holds one account and one contact of hers
