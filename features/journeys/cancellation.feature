Feature: The end of Internet, to its end

  Rule: CAN-1, CAN-2, CAN-4, CAN-5, CAN-6 the whole way

    Scenario: Mina leaves Japan
      Given Mina has everything in order
      And Mina has Internet running
      And it is 18:00 on 2026-03-24
      When Mina cancels Internet with the end of 2026-03
      Then Mina sees the service "Internet Home 1G Silver" ending on 2026-03-31
      And staff have 1 cancellation to do
      When staff note the kit as SentKit
      And the end of the month arrives
      And staff end Internet in WHMCS
      Then Salesforce holds the service's opportunity at △Cancelling
      When 3 days pass
      And staff note the kit as Returned1
      And staff close the case
      Then Salesforce holds the service's opportunity at 〇Cancelled
      And WHMCS holds the service as "Terminated"
      And Mina gets the notice "Your service has ended"
      And the order's story ends with "Your service has ended"
      And staff have 0 cancellations to do
