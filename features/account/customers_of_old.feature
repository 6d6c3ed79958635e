Feature: Customers from before the portal
  Their letters carry a customer number. Only a mail to the address Salesforce holds proves that it is theirs.

  Background:
    Given Aiko was a customer before there was a portal, with the number "P0004711"

  Rule: ACC-3 the link is made from a mail to the address Salesforce holds

    Scenario: Signing up with the number and the address on file
      When Aiko signs up with the number "P0004711"
      And she gives the code from her mail
      Then her customer number is "P0004711"
      And Salesforce holds one account and one contact of hers
      And WHMCS holds one client with her customer number
      And Salesforce and WHMCS hold her address in Umeda
      And Salesforce holds her birth date as "1975-08-30"

    Scenario: A client of hers in WHMCS stays the one
      Given staff have linked Aiko's account to a client in WHMCS
      When Aiko signs up with the number "P0004711"
      And she gives the code from her mail
      Then WHMCS holds 1 client
      And her account in Salesforce names that client

    Scenario: With another address, the code goes to the one on file
      When Tomás signs up with the number "P0004711"
      Then Tomás gets a mail "Your SonixNet customer number P0004711"
      And Tomás gets no code
      When Aiko gives the code from her mail
      Then her customer number is "P0004711"

    Scenario Outline: <which> learns nothing
      Given Mina is a customer
      When Tomás signs up with the number "<number>"
      Then Tomás gets a mail "Your SonixNet customer number <number>"
      And nobody else gets a code
      And he is answered as anybody is

      Examples:
        | which              | number   |
        | A number of nobody | P7654321 |
        | A linked number    | P1000001 |

    Scenario: Once linked, the number links nobody else
      When Aiko signs up with the number "P0004711"
      And she gives the code from her mail
      And Tomás signs up with the number "P0004711"
      Then Tomás gets a mail "Your SonixNet customer number P0004711"
      And Tomás gets no code
