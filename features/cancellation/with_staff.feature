Feature: An end that staff have the last word on

  Rule: CAN-3 without an opportunity the case tells, and closed by staff it ends nothing any more

    Scenario: Staff close the case, and the customer stays
      Given Mina has everything in order
      And staff have added the service "Fibre of old" for Mina in WHMCS
      And Mina has cancelled "Fibre of old" with the end of 2026-01
      When staff close the case
      Then Mina sees the service "Fibre of old" not ending
      When Mina cancels "Fibre of old" with the end of 2026-02
      Then Mina sees the service "Fibre of old" ending on 2026-02-28
      And Salesforce holds 2 cases "Cancellation Request - Fibre of old"

  Rule: CAN-2 what Salesforce refuses is told, and may be asked for again

    Scenario: A rule in Salesforce is in the way, then it is gone
      Given Mina has everything in order
      And Mina has a VPN running
      And Salesforce refuses once when it writes the cancellation
      When Mina cancels the VPN with the end of 2026-01
      Then Mina is refused, since "We can't do this by ourselves"
      When Mina cancels the VPN with the end of 2026-01
      Then Mina sees the service "VPN London" ending on 2026-01-31

  Rule: CAN-7 what has ended does not go on

    Scenario: Staff end the service before its date
      Given Mina has everything in order
      And Mina has Internet running
      And Mina has cancelled Internet with the end of 2026-02
      When staff end Internet in WHMCS
      And Mina lets her Internet go on
      Then Mina is refused, since "Not possible in this state"
      And Salesforce holds the service's opportunity at △Cancelling
