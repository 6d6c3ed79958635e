Feature: Every step of an activation may be repeated

  Background:
    Given Mina has everything in order

  Rule: FUL-3 nothing is made twice, whatever answer is lost

    Scenario Outline: The answer of <which step> is lost
      Given Mina has ordered an eSIM
      And <who> answers too late, but <which step>
      When staff approve the order
      Then Mina's SIM is running
      And WHMCS holds 1 order of Mina's, accepted
      And the issuer made 1 eSIM for Mina

      Examples:
        | who        | which step                 |
        | WHMCS      | creates the order          |
        | WHMCS      | accepts the order          |
        | Salesforce | begins the activation      |
        | Salesforce | completes the order        |
        | the eSIM issuer | makes the eSIM             |

    Scenario: WHMCS can be asked which order it made for ours
      Given Mina has ordered a VPN
      When staff approve the order
      Then WHMCS holds the mark of the order on its services

    Scenario: The portal stops in the middle and starts again
      Given Mina has ordered an eSIM
      And WHMCS does not create orders
      When staff approve the order
      And the portal stops and starts again
      And WHMCS answers again
      Then Mina's SIM is running
      And WHMCS holds 1 order of Mina's, accepted
      And the issuer made 1 eSIM for Mina
