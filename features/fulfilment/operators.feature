Feature: What operators see of work

  Rule: FUL-8 work that needs a person is listed, with what to do

    Scenario: Nothing needs anybody
      Given Mina has everything in order
      And Mina has a VPN running
      Then an operator who lists the work reads "No pieces of work to look at"

    Scenario: An activation that can't go on
      Given Mina has everything in order
      And Mina has ordered a VPN
      And staff have emptied the link of Mina's account to WHMCS
      When staff approve the order
      Then an operator who lists the work reads "parked: provision"
      And an operator who lists the work reads "then retry"

  Rule: FUL-8 an operator takes work in hand, and FUL-4 sees at which step it failed

    Scenario: A failed activation is tried again
      Given Mina has everything in order
      And Mina has ordered an eSIM for a phone the issuer does not know
      When staff approve the order
      Then an operator who lists the work reads "failed: provision at 'esim' with ESIM_REFUSED"
      When an operator retries the work "provision"
      Then Mina got the notice "Your activation needs a little more time" twice

    Scenario: An activation is stopped, and goes on when it is retried
      Given Mina has everything in order
      And Mina has ordered a VPN
      And WHMCS does not create orders
      When staff approve the order
      And an operator parks the work "provision"
      And WHMCS answers again
      Then WHMCS holds no order of Mina's
      When an operator retries the work "provision"
      And the portal stops and starts again
      And 1 minute passes
      Then Mina's VPN is running

    Scenario: What waits for its day is begun at once
      Given Mina has everything in order
      And Mina has ordered a VPN to start on 2026-02-10
      And staff have approved the order
      When an operator runs the work "activate_scheduled"
      And 1 minute passes
      Then Mina's VPN is running

    Scenario: An order that can't be placed is ended, and ordered anew
      Given Mina has everything in order
      And Salesforce fails 500 times before it places the order
      When Mina orders a VPN
      And an operator parks the work "place_orders"
      And Salesforce answers again
      And an operator cancels the work "place_orders"
      And Mina orders a VPN
      Then Mina has 1 order in review
