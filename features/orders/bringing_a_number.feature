Feature: Bringing a phone number along

  Background:
    Given Mina has everything in order

  Rule: ORD-11 what the former operator needs is checked and carried on the order

    Scenario: The number is on the order
      When Mina orders an eSIM and brings her number along
      Then Salesforce holds the reservation and Mina's number on the order
      And Mina has 1 order in review

    Scenario Outline: <what> is checked
      When Mina orders an eSIM and brings her number along with <what> "<written>"
      Then Mina is asked to correct <what>: "<what she reads>"
      And Salesforce holds no order of Mina's

      Examples:
        | what             | written    | what she reads                            |
        | the reservation  | 12345      | A reservation number has ten digits.      |
        | the last day     | 2026-01-19 | The reservation is over.                  |
        | the phone number | 0312345678 | This is not a Japanese mobile number.     |
        | the last name    | Okafor     | Please write in katakana.                 |
        | the first name   | Mina       | Please write in katakana.                 |
        | the day of birth | 2030-01-01 | This can't be a date of birth.            |

    Scenario: A reservation that ends today still holds
      When Mina orders an eSIM and brings her number along with the last day "2026-01-20"
      Then Mina has 1 order in review
