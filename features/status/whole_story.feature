Feature: The whole story, for staff too

  Rule: STA-3 across Salesforce, WHMCS and the portal: calm for the customer, whole for staff

    Scenario: What the portal sold, and what there was before it
      Given Mina has everything in order
      And Mina has a VPN running
      And staff have added the service "Fibre of old" for Mina in WHMCS
      And Mina has cancelled "Fibre of old" with the end of 2026-01
      Then Mina's stories are "other, vpn, identity, internet"
      And Mina's story of the service from before is
        | what                   | who has it | until      |
        | Your service is active |            |            |
        | Your service will end  | SonixNet   | 2026-01-31 |
      And staff see the whole of Mina's stories, each line with its time and what it is about
      When it is 10:00 on 2026-02-02
      And staff end the service from before in WHMCS
      Then Mina's story of the service from before is
        | what                   | who has it | until |
        | Your service is active |            |       |
        | Your service has ended |            |       |
