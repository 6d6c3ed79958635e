Feature: What changed is seen at once

  Rule: STA-1 the look before does not stand in the way

    Scenario: A change is seen at once
      Given Mina has sent her residence card
      And Mina has looked at her status
      When staff verify Mina's ID
      Then Mina's status tells
        | part     | what     |
        | identity | verified |
        | notices  | 1 unread |

    Scenario: What she does herself
      Given Mina has everything in order
      And Mina has saved a checkout with a VPN
      And Mina has looked at her status
      When Mina submits her checkout
      Then Mina's status tells
        | part     | what                |
        | checkout | none                |
        | orders   | vpn, pending review |
