Feature: Asking for the end of a service

  Background:
    Given Mina has everything in order

  Rule: CAN-2 end, notice, kit, stage and one case: all or none

    Scenario: Internet
      Given Mina has Internet running
      When Mina cancels Internet with the end of 2026-01
      Then Mina sees the service "Internet Home 1G Silver" ending on 2026-01-31
      And Salesforce holds the service's opportunity at △Cancelling
      And Salesforce holds its end as 2026-01-31 23:59:59 in Japan
      And Salesforce holds its cancellation notice "有" and its kit "NotYet"
      And Salesforce holds 1 case "Cancellation Request - Internet Home 1G Silver"
      And the case names the service, "INTERNET-HOME-1G-SILVER", "2026-01" and the kit
      And WHMCS holds the service as "Active"
      And Mina gets the notice "Your service will end"

    Scenario: Nothing is rented with a VPN
      Given Mina has a VPN running
      When Mina cancels the VPN with the end of 2026-01
      Then Salesforce holds its cancellation notice "有" and no kit

    Scenario Outline: All of it, though Salesforce <fault>
      Given Mina has Internet running
      And Salesforce <fault>
      When Mina cancels Internet with the end of 2026-01
      Then Salesforce holds the service's opportunity at △Cancelling
      And Salesforce holds 1 case "Cancellation Request - Internet Home 1G Silver"
      And Mina got the notice "Your service will end" once

      Examples:
        | fault                                           |
        | answers too late, but writes the cancellation   |
        | fails 3 times before it writes the cancellation |

  Rule: CAN-3 asking again changes nothing, and only an active service can end

    Scenario: Asking again while it ends
      Given Mina has Internet running
      When Mina cancels Internet with the end of 2026-01
      And Mina cancels Internet with the end of 2026-03
      Then Mina sees the service "Internet Home 1G Silver" ending on 2026-01-31
      And Salesforce holds 1 case "Cancellation Request - Internet Home 1G Silver"

    Scenario: A suspended service is not active
      Given Mina has a VPN running
      When staff suspend the VPN in WHMCS
      And Mina cancels the VPN with the end of 2026-01
      Then Mina is refused, since "The service is not active"

    Scenario: A service that no opportunity belongs to
      Given staff have added the service "Fibre of old" for Mina in WHMCS
      When Mina cancels "Fibre of old" with the end of 2026-01
      Then Mina sees the service "Fibre of old" ending on 2026-01-31
      And Salesforce holds 1 case "Cancellation Request - Fibre of old"
      And the case says that no opportunity is linked
