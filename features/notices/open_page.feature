Feature: An open page

  Rule: NTF-4 an open page hears at once, and catches up after being away

    Scenario: A page that is open hears at once
      Given Mina has sent her residence card
      And Mina has a page open
      When staff verify Mina's ID
      Then the page hears of "Your ID is verified" at once

    Scenario: A page that was away hears what it missed, in order and once
      Given Mina has everything in order
      And Mina has ordered a VPN
      And Mina has a page open
      When the page is closed
      And staff approve the order
      And the page is opened again
      Then the page hears of "Your order is approved" at once
      And the page hears of "Your service is active" at once
      And the page hears of no other notice

    Scenario: A page that is opened afresh hears of nothing old
      Given Mina has everything in order
      When Mina opens a page
      Then the page hears of no other notice

    Scenario: Two pages both hear
      Given Mina has sent her residence card
      And Mina has a page open in English
      And Mina has a page open in Japanese
      When staff verify Mina's ID
      Then the page in English hears of "Your ID is verified" at once
      And the page in Japanese hears of "本人確認が完了しました" at once

    Scenario: Nobody hears what is somebody else's
      Given Mina has sent her residence card
      And Tomás is a customer
      And Tomás has a page open
      When staff verify Mina's ID
      Then the page hears of no other notice

    Scenario: A page hears that it is worth looking at the status again
      Given Mina has everything in order
      And Mina has a page open
      When Mina reads all notices
      Then the page hears that her status has changed

  Rule: ACC-9 a page that stays open hears as long as its session goes on

    Scenario: A page hears nothing more once she has logged out
      Given Mina has sent her residence card
      And Mina has a page open
      When Mina logs out
      And staff verify Mina's ID
      Then the page hears of no other notice
