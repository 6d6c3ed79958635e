Feature: Completing a sign-up, whatever happens on the way

  Rule: ACC-4 it survives faults and restarts, and makes nothing twice

    Scenario Outline: <system> <how>
      Given <system> <how>
      When Priya signs up
      And she gives the code from her mail
      And 1 minute passes
      Then she can log in
      And Salesforce holds one account and one contact of hers
      And WHMCS holds one client with her customer number
      And her account in Salesforce names her client in WHMCS

      Examples:
        | system     | how                                          |
        | Salesforce | fails three times                            |
        | Salesforce | answers too late, but makes the account      |
        | Salesforce | answers too late, but links the client       |
        | WHMCS      | fails three times                            |
        | WHMCS      | answers too late, but makes the client       |

    Scenario: The portal is stopped in the middle and goes on
      Given WHMCS is down
      When Priya signs up
      And she gives the code from her mail
      Then she is told that it is being done
      When the portal stops and starts again
      And WHMCS answers again
      Then she can log in
      And Salesforce holds one account and one contact of hers
      And WHMCS holds one client with her customer number

    Scenario Outline: After <hours> hours without WHMCS
      Given WHMCS is down
      When Priya signs up
      And she gives the code from her mail
      And <hours> hours pass
      Then her sign-up is <state>
      And Priya has <mails> mail "Your SonixNet registration takes longer"
      And Salesforce holds one account and one contact of hers

      Examples:
        | hours | state       | mails |
        | 23    | in progress | no    |
        | 25    | with staff  | one   |
