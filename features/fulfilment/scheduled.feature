Feature: An order that waits for its day

  Background:
    Given Mina has everything in order

  Rule: FUL-5 a scheduled order is activated on its day, wherever that moves

    Scenario: Nothing happens before the day
      Given Mina has ordered a VPN to start on 2026-02-10
      When staff approve the order
      Then Salesforce holds the order as "Approved", activation "Not Started"
      And the order's story ends with "Your service starts on the day you chose"
      When it is 23:59 on 2026-02-09
      Then WHMCS holds no order of Mina's
      When it is 09:00 on 2026-02-10
      Then Mina's VPN is running

    Scenario: Three days before, a missing payment method is told
      Given Mina has ordered a VPN to start on 2026-02-10
      And staff have approved the order
      When Mina removes her payment method in WHMCS
      And it is 08:59 on 2026-02-07
      Then Mina got the notice "Please add a payment method" 0 times
      When it is 09:00 on 2026-02-07
      Then Mina gets the notice "Please add a payment method"

    Scenario: Near the day, it is told at once
      Given Mina has ordered a VPN to start on 2026-01-22
      When Mina removes her payment method in WHMCS
      And staff approve the order
      Then Mina gets the notice "Please add a payment method"

    Scenario: A day that was moved
      Given Mina has ordered a VPN to start on 2026-02-10
      And staff have approved the order
      When staff move the start to 2026-02-20
      And it is 09:00 on 2026-02-11
      Then WHMCS holds no order of Mina's
      When it is 09:00 on 2026-02-20
      Then Mina's VPN is running

    Scenario: A day in the past is now
      Given Mina has ordered a VPN to start on 2026-01-25
      When it is 09:00 on 2026-01-27
      And staff approve the order
      Then Mina's VPN is running

    Scenario: A cancelled order ends the waiting
      Given Mina has ordered a VPN to start on 2026-02-10
      And staff have approved the order
      When staff cancel the order
      And it is 09:00 on 2026-02-11
      Then WHMCS holds no order of Mina's
