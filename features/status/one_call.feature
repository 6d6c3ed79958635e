Feature: Where a customer stands, in one look

  Rule: STA-1 one call tells everything, and a part that can't be read is marked

    Scenario: Everything
      Given Mina has everything in order
      And Mina has a VPN running
      And Mina has ordered an eSIM
      And Mina has looked at her status
      When Mina saves a checkout with Internet
      Then Mina's status tells
        | part           | what                  |
        | availability   | eligible, Home 1G     |
        | identity       | verified              |
        | payment method | there is one          |
        | checkout       | 1 to be ordered       |
        | orders         | sim, pending review   |
        | services       | VPN London, active    |
        | invoices       | 1 unpaid, ¥2,500      |
        | notices        | 4 unread              |

    Scenario: Nothing yet
      Given Mina is a customer
      Then Mina's status tells
        | part           | what           |
        | availability   | not requested  |
        | identity       | not submitted  |
        | payment method | there is none  |
        | checkout       | none           |
        | orders         | none           |
        | services       | none           |
        | invoices       | 0 unpaid, ¥0   |
        | notices        | 0 unread       |

    Scenario Outline: <system> is down
      Given Mina has everything in order
      And <system> is down
      Then Mina's status can't tell of "<what is missing>"
      When <system> answers again
      And 3 seconds pass
      Then Mina's status tells everything

      Examples:
        | system     | what is missing                      |
        | WHMCS      | payment method, services, invoices   |
        | Salesforce | availability, identity, orders       |
