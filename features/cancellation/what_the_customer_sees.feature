Feature: What the customer sees of an end

  Background:
    Given Mina has everything in order
    And Mina has Internet running

  Rule: CAN-6 beforehand the last day, the last bill, the kit and what a day's delay changes

    Scenario: On the 24th a day's delay costs a month
      Given it is 10:00 on 2026-01-24
      When Mina looks at the end of her Internet
      Then Mina can choose
        | month   | last day   | last bill | asked a day later |
        | 2026-01 | 2026-01-31 | 2026-01   | 2026-02           |
        | 2026-02 | 2026-02-28 | 2026-02   | 2026-02           |
      And Mina reads that a kit is to be returned

    Scenario: On the 23rd it costs nothing
      Given it is 10:00 on 2026-01-23
      When Mina looks at the end of her Internet
      Then Mina can choose
        | month   | last day   | last bill | asked a day later |
        | 2026-01 | 2026-01-31 | 2026-01   | 2026-01           |

    Scenario: Afterwards the end stands on the service
      When Mina cancels Internet with the end of 2026-02
      Then Mina sees the service "Internet Home 1G Silver" ending on 2026-02-28
      And Mina sees that her kit is still to be sent
      And the order's story ends with "Your service will end"

    Scenario: The case is never the customer's
      When Mina cancels Internet with the end of 2026-02
      Then Mina has no support cases
