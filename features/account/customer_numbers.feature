Feature: Customer numbers

  Rule: ACC-2 from P1000001, above the highest in Salesforce, and each once

    Scenario: The first two
      Given Mina is a customer
      And Tomás is a customer
      Then Mina's customer number is "P1000001"
      And Tomás's customer number is "P1000002"

    Scenario Outline: Where Salesforce's highest number is <highest>
      Given Salesforce holds an account with the number "<highest>"
      And Mina is a customer
      Then Mina's customer number is "<hers>"

      Examples:
        | highest  | hers     |
        | P0999999 | P1000001 |
        | P1000001 | P1000002 |
        | P1234567 | P1234568 |

    Scenario: A number that staff gave away meanwhile is skipped
      Given Mina is a customer
      And Salesforce holds an account with the number "P1000002"
      And Tomás is a customer
      Then Tomás's customer number is "P1000003"

    Scenario: Three sign up at the same moment
      When Mina, Tomás and Priya sign up at the same moment
      Then their customer numbers are "P1000001, P1000002, P1000003"
