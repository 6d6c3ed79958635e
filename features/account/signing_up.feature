Feature: Signing up
  Who signs up proves the address first. Only then is anything made, in both systems and in the portal.

  Rule: ACC-1 the right code makes one customer, and nothing is made before it

    Scenario: With the code from the mail
      When Priya signs up
      Then Salesforce and WHMCS hold nobody
      When she gives the code from her mail
      Then she is logged in
      And Salesforce holds one account and one contact of hers
      And her account in Salesforce is "Active", registered by "Portal Signup"
      And WHMCS holds one client with her customer number
      And her account in Salesforce names her client in WHMCS
      And they were made in this order: account, contact, client
      And she gets a mail "Welcome to SonixNet, Priya Nair"
      And SonixNet's support gets a copy of it

    Scenario: With the link from the mail
      When Priya signs up
      And she opens the link from her mail
      Then she is logged in

    Scenario: Giving the code again, since the answer was lost
      When Priya signs up
      And she gives the code from her mail
      And she gives the code from her mail
      Then she is logged in
      And Salesforce holds one account and one contact of hers

    Scenario Outline: A code that does not work: <which>
      When Priya signs up
      And <what happens>
      Then Priya is refused, since "Code or link no longer works"
      And Salesforce and WHMCS hold nobody

      Examples:
        | which                  | what happens                                                |
        | another one            | she gives the code "000000"                                 |
        | after half an hour     | she gives the code from her mail after 30 minutes           |
        | after five wrong ones  | she gives the code from her mail after five wrong ones      |
        | one that was replaced  | she gives the code from her mail after asking for a new one |

    Scenario: Just in time
      When Priya signs up
      And she gives the code from her mail after 29 minutes
      Then she is logged in

    Scenario: An address that has an account gets the same answer, and another mail
      Given Mina is a customer
      When somebody signs up with Mina's address
      And somebody signs up with an address nobody has
      Then both are answered alike
      And Mina gets a mail "You already have a SonixNet account"
      And Salesforce holds one account and one contact of Mina's
