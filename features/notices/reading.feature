Feature: The list of notices

  Background:
    Given today is 2026-01-20
    And Mina has everything in order

  Rule: NTF-3 newest first, in pages, counted while unread, gone after 30 days

    Scenario: Newest first, in pages
      Given Mina has ordered a VPN
      When staff approve the order
      Then Mina's notices are
        | title                                 |
        | Your service is active                |
        | Your order is approved                |
        | Your ID is verified                   |
        | You can have internet at your address |
      And she gets the same in pages of 3

    Scenario: Reading one, dismissing one, reading all
      Then Mina has 2 unread notices
      When Mina reads the notice "Your ID is verified"
      Then Mina has 1 unread notice
      And the notice "Your ID is verified" is still in her list
      When Mina dismisses the notice "Your ID is verified"
      Then Mina's notices are
        | title                                 |
        | You can have internet at your address |
      When Mina reads all notices
      Then Mina has no unread notices
      And the notice "You can have internet at your address" is still in her list

    Scenario: Dismissing what is unread reads it as well
      When Mina dismisses the notice "Your ID is verified"
      Then Mina has 1 unread notice

    Scenario Outline: Gone after thirty days
      When <days> pass
      Then Mina has <unread> unread notices

      Examples:
        | days    | unread |
        | 29 days | two    |
        | 30 days | no     |

    Scenario: Somebody else's notice does not exist
      Given Tomás is a customer
      When Tomás reads Mina's notice "Your ID is verified"
      Then Tomás finds nothing
      And Mina has 2 unread notices
