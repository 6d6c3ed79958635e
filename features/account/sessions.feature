Feature: Sessions and forgotten passwords

  Background:
    Given Mina is a customer

  Rule: ACC-9 short access, a refresh token that works once, and ways to end it all

    Scenario Outline: After <span>
      When <span> pass
      Then Mina's session is <what>

      Examples:
        | span       | what |
        | 14 minutes | good |
        | 16 minutes | over |

    Scenario: A refresh token gives a new pair
      When 16 minutes pass
      And Mina refreshes her session
      Then Mina's session is good

    Scenario: A refresh token that comes a second time ends the session
      When Mina refreshes her session
      And somebody sends Mina's used refresh token again
      Then they are refused, since "Code or link no longer works"
      And Mina's session is over
      And Mina's refresh token works no more

    Scenario: Logging out
      When Mina logs out
      Then Mina's session is over
      And Mina's refresh token works no more

    Scenario: Another password ends every other session
      Given Mina is logged in on her phone too
      When Mina changes her password
      Then Mina's session is good
      But the session on her phone is over
      And Mina gets a mail "Your SonixNet password was changed"

    Scenario: A forgotten password
      When Mina asks for a new password
      And she opens the link and chooses another password
      Then Mina's session is over
      And the old password works no more
      When Mina logs in
      Then she is logged in

  Rule: ACC-9 what made a customer lets nobody in a second time

    Scenario: The code, once she is logged in
      When Priya signs up
      And she gives the code from her mail
      Then she is logged in
      When she gives the code from her mail
      Then Priya is refused, since "Code or link no longer works"
