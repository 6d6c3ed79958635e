Feature: Records that nobody leads to

  Rule: ACC-4 a sign-up that came to nothing is taken up again by a command

    Scenario: An Account without a portal user
      Given WHMCS does not add clients
      When Mina signs up and her sign-up is ended by an operator
      And WHMCS answers again
      Then an operator who lists the orphans reads of 1 orphan_account
      When an operator looks at what adopting it would do
      Then an operator who lists the orphans reads of 1 orphan_account
      When an operator adopts it
      And Mina opens the link and chooses another password
      Then Mina can log in
      And an operator who lists the orphans reads of none

    Scenario: A client that the Account has not, and the Account then
      Given Mina was a customer before there was a portal, with the number "P0000042"
      And staff have added Mina's client with the number "P0000042" in WHMCS
      Then an operator who lists the orphans reads of 1 orphan_client
      When an operator adopts it
      Then an operator who lists the orphans reads of 1 orphan_account
      When an operator adopts it
      And Mina opens the link and chooses another password
      Then Mina can log in
      And an operator who lists the orphans reads of none

    Scenario: A client whose customer is not known is left to a person
      Given staff have added a client with the number "P1999999" in WHMCS
      When an operator adopts it
      Then the operator is told "find whose it is"
      And an operator who lists the orphans reads of 1 orphan_client
