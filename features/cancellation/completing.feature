Feature: The end of a service

  Background:
    Given Mina has everything in order
    And Mina has Internet running
    And Mina has cancelled Internet with the end of 2026-01

  Rule: CAN-4 staff end the service, or the portal where policy says so

    Scenario: The portal ends nothing by itself
      When the end of the month arrives
      Then WHMCS holds the service as "Active"
      When staff end Internet in WHMCS
      Then WHMCS holds the service as "Terminated"

    Scenario: Policy may let the portal end it on its date
      Given SonixNet lets the portal end services
      When it is 23:00 on 2026-01-31
      Then WHMCS holds the service as "Active"
      When it is 10:00 on 2026-02-01
      Then WHMCS holds the service as "Terminated"

    Scenario: The kit goes its way
      When staff note the kit as SentKit
      Then Mina sees that her kit is on its way
      When staff note the kit as Returned1
      Then Mina sees that her kit came back

    Scenario: No step of its way is left out
      When staff try to note the kit as Returned2
      Then Salesforce holds its cancellation notice "有" and its kit "NotYet"

  Rule: CAN-5 complete when the service has ended and the kit is settled

    Scenario Outline: Ended in WHMCS, kit <kit>
      When staff note the kit as <kit>
      And the end of the month arrives
      And staff end Internet in WHMCS
      Then Salesforce holds the service's opportunity at <stage>
      And Mina got the notice "Your service has ended" <times>

      Examples:
        | kit         | stage       | times   |
        | NotYet      | △Cancelling | 0 times |
        | SentKit     | △Cancelling | 0 times |
        | Returned1   | 〇Cancelled  | once    |
        | Compensated | 〇Cancelled  | once    |
        | N/A         | 〇Cancelled  | once    |

    Scenario: The kit is back while the service runs
      When staff note the kit as Returned1
      Then Salesforce holds the service's opportunity at △Cancelling

    Scenario: The kit comes back last
      When the end of the month arrives
      And staff end Internet in WHMCS
      And staff note the kit as Returned1
      And staff note the kit as Returned2
      Then Salesforce holds the service's opportunity at 〇Cancelled
      And Mina got the notice "Your service has ended" once
