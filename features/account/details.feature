Feature: What is asked of somebody who signs up

  Rule: ACC-6 details are checked and kept as each system wants them

    Scenario Outline: <field> "<written>"
      When Priya signs up with <field> "<written>"
      Then the form says of <field>: "<what>"

      Examples:
        | field             | written         | what                                           |
        | email             | priya@          | This is not an email address.                  |
        | first name        |                 | Please fill this in.                           |
        | country code      | 0               | This is not a country code like 81.            |
        | phone number      | 12              | Use 4 to 14 digits, without the country code.  |
        | postcode          | 12345           | This is not a Japanese postcode (123-4567).    |
        | prefecture        | Bavaria         | This is not a Japanese prefecture.             |
        | birth date        | 2026-01-21      | This can't be a date of birth.                 |
        | birth date        | 1850-01-01      | This can't be a date of birth.                 |
        | terms             | 2019-04         | Please accept the terms of today.              |
        | customer number   | 4711            | A customer number is P and seven digits.       |

    Scenario: A phone number, and an address in Japanese
      When Priya signs up
      And she gives the code from her mail
      Then WHMCS holds her phone number as "+81.9012345678"
      And Salesforce holds her phone number as "+81 9012345678"
      And Salesforce and WHMCS hold her address in Umeda

    Scenario: What may be left out
      Given Priya has only signed up
      Then she sees no birth date and no address in her profile

    Scenario: A birth date that was left out is added, once, and then she can order
      Given Priya has everything but a birth date
      When she adds her birth date "1998-02-14"
      Then Salesforce holds her birth date as "1998-02-14"
      When Priya orders a VPN
      Then Priya has 1 order in review
      When she adds her birth date "1999-09-09"
      Then the form says of birth date: "We hold another date of birth. Please ask support to correct it."

    Scenario: The terms are kept with their version and time
      Given Priya is a customer
      Then her profile says that she accepted the terms of "2026-01" today
