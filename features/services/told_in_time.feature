Feature: Told in time

  Rule: SRV-6 invoices three days before, cards thirty days before, once

    Scenario: An invoice that is due in three days
      Given Mina has everything in order
      And Mina has a VPN running
      And Mina has paid her invoice in WHMCS
      When it is 10:00 on 2026-02-16
      Then Mina got the notice "An invoice is due soon" 0 times
      When it is 10:00 on 2026-02-17
      Then Mina gets the notice "An invoice is due soon"
      When it is 10:00 on 2026-02-18
      Then Mina got the notice "An invoice is due soon" once

    Scenario: What is paid is not told
      Given Mina has everything in order
      And Mina has a VPN running
      When it is 10:00 on 2026-02-16
      And Mina pays her invoices in WHMCS
      And it is 10:00 on 2026-02-18
      Then Mina got the notice "An invoice is due soon" 0 times

    Scenario: A card that ends in thirty days
      Given Mina has everything but a payment method
      And Mina has added a card "1881" that ends in 2026-03
      And Mina has a VPN running
      When it is 10:00 on 2026-02-28
      Then Mina got the notice "Your card ends soon" 0 times
      When it is 10:00 on 2026-03-01
      Then Mina gets the notice "Your card ends soon"
      And the notice says "1881"
      When it is 10:00 on 2026-03-10
      Then Mina got the notice "Your card ends soon" once

    Scenario: Remembered cards cost WHMCS no calls day by day
      Given Mina has everything in order
      And Mina has a VPN running
      When 5 days pass, one by one
      Then WHMCS was not asked for Mina's payment methods
