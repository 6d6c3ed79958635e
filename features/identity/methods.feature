Feature: How a customer may be identified
  Which ways the law allows changes; SonixNet writes down from and until which day each holds, by product.

  Background:
    Given today is 2026-03-30

  Rule: IDV-7 the ways of identifying are policy, by product and date

    Scenario: A picture of the residence card, unless SonixNet decides otherwise
      Given Mina is a customer
      When Mina sends her residence card
      Then Mina's ID is submitted

    Scenario Outline: <when>
      Given SonixNet takes pictures of cards for <product> <period>
      And Mina is a customer
      And it is <time> on <day>
      When Mina sends her residence card
      Then Mina's ID is <status>

      Examples:
        | when                      | product  | period           | time  | day        | status        |
        | On the last day           | SIM      | until 2026-03-31 | 23:59 | 2026-03-31 | submitted     |
        | The day after the last    | SIM      | until 2026-03-31 | 00:00 | 2026-04-01 | not submitted |
        | The day before the first  | SIM      | from 2026-04-01  | 23:59 | 2026-03-31 | not submitted |
        | On the first day          | SIM      | from 2026-04-01  | 00:00 | 2026-04-01 | submitted     |
        | For another product alone | Internet | until 2026-04-30 | 12:00 | 2026-04-01 | not submitted |

    Scenario: A way that is closed says so, and what was verified stays
      Given Mina has everything in order
      And SonixNet takes no more pictures of cards
      When Mina sends her residence card
      Then Mina is refused, since "Not open"
      And Mina's ID is verified
      When Mina orders an eSIM
      Then Mina has 1 order in review

    Scenario: A SIM that there is no way to be identified for is named as such
      Given SonixNet takes pictures of cards for SIM until 2026-03-29
      And Mina has everything but a verified ID
      When Mina orders an eSIM
      Then the order is refused, since "There is no way yet to confirm your identity online for this plan."
      And Mina is led to "Contact support"
      And she can't send a card
      And she reads of her ID "We take no pictures of cards at the moment. Please write to us, and we tell you how to show who you are."
