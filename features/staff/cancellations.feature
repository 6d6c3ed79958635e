Feature: Staff's queue of cancellations

  Background:
    Given Mina has everything in order
    And Mina has Internet running
    And Mina has cancelled Internet with the end of 2026-01

  Rule: STF-4 check the date, follow the kit, end the service, complete

    Scenario: The three fields staff check
      Then staff have one cancellation to do, showing
        | subject                                        | stage       | ends       | notice | kit    |
        | Cancellation Request - Internet Home 1G Silver | △Cancelling | 2026-01-31 | 有     | NotYet |

    Scenario: From the request to the end
      When staff note the kit as SentKit
      And the end of the month arrives
      And staff end Internet in WHMCS
      And staff note the kit as Returned1
      Then Salesforce holds the service's opportunity at 〇Cancelled
      And Mina's Internet is terminated
      When staff close the case
      Then staff have 0 cancellations to do

    Scenario: Staff complete it themselves
      When staff end Internet in WHMCS
      And staff move Mina's Internet opportunity to 〇Cancelled
      Then Mina got the notice "Your service has ended" once

    Scenario: Staff correct the date, and the customer sees it
      When staff set the end to 2026-02-28
      Then Mina sees the service "Internet Home 1G Silver" ending on 2026-02-28
