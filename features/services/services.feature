Feature: The services a customer has

  Background:
    Given Mina has everything in order

  Rule: SRV-1 a service shows what it is, what it costs and whether it is ending

    Scenario: An Internet service
      Given Mina has Internet running
      And Mina has paid her invoice in WHMCS
      Then Mina sees the service "Internet Home 1G Silver", showing
        | status | price | cycle   | type     | next due   | ending |
        | active | 5,500 | monthly | internet | 2026-02-20 | no     |
      And the service is linked to its opportunity

    Scenario: A service that is ending
      Given Mina has a VPN running
      When Mina cancels the VPN with the end of 2026-02
      Then Mina sees the service "VPN London" ending on 2026-02-28

    Scenario: What staff do in WHMCS shows
      Given Mina has a VPN running
      When staff suspend the VPN in WHMCS
      Then Mina sees the service "VPN London" as suspended

  Rule: SRV-5 another account's service does not exist

    Scenario Outline: <what Tomás does>
      Given Mina has an eSIM running
      And Tomás has everything in order
      When Tomás <what Tomás does>
      Then Tomás finds nothing

      Examples:
        | what Tomás does                         |
        | looks at Mina's service                 |
        | looks at the end of Mina's service      |
        | cancels Mina's service                  |
        | lets Mina's service go on               |
        | asks for a new eSIM for Mina's service  |
        | adds data to Mina's service             |

    Scenario: Nor is it in anybody else's list
      Given Mina has a VPN running
      And Tomás is a customer
      Then Tomás has no services
