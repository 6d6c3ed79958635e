Feature: Logging in

  Background:
    Given Mina is a customer

  Rule: ACC-8 no stranger learns who is a customer, nobody is locked out for good, staff can bar

    Scenario: A wrong password and an unknown address are answered alike
      When Mina logs in with the password "not the one she chose"
      And somebody logs in with an address nobody has
      Then both are answered alike
      And they are refused, since "Log-in failed"

    Scenario: Salesforce learns of it later, and nobody waits for that
      Given Salesforce is down
      When Mina logs in
      Then she is logged in
      When Salesforce answers again
      Then Salesforce holds that Mina logged in today

    Scenario Outline: Wrong passwords <times>, then the right one <later>
      Given the usual limits hold
      When Mina logs in with a wrong password <times>
      And <later> pass
      And Mina logs in
      Then she is <what>

      Examples:
        | times      | later      | what               |
        | four times | 0 minutes  | logged in          |
        | five times | 0 minutes  | asked to wait      |
        | five times | 14 minutes | asked to wait      |
        | five times | 16 minutes | logged in          |

    Scenario: Ten tries a minute from one address, whoever it is
      Given the usual limits hold
      And Mina has logged in 10 times
      When Mina logs in
      Then she is asked to wait
      When 1 minute passes
      And Mina logs in
      Then she is logged in

    Scenario: Wrong tries at many addresses slow everybody down, for a minute
      Given three wrong log-ins a minute are taken from everybody together
      When somebody tries three addresses nobody has
      And Mina logs in
      Then she is asked to wait
      When 1 minute passes
      And Mina logs in
      Then she is logged in

    Scenario: Staff bar her, and let her in again
      When staff bar Mina in Salesforce
      Then Mina's session is over
      When Mina logs in
      Then Mina is refused, since "Log-in failed"
      When staff let Mina in again in Salesforce
      And Mina logs in
      Then she is logged in
