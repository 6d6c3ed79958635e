Feature: One line for each customer

  Background:
    Given Mina has everything in order

  Rule: ELG-2 CAT-6 who has Internet, or has ordered it, is told so and not checked again

    Scenario: While an order is open
      When Mina orders Internet
      And Mina asks for internet availability at Koenji
      Then Mina is refused, since "You have internet already"
      And staff have no availability checks to do

    Scenario: While it runs, for the address on file
      Given Mina has Internet running
      When Mina moves to Koenji
      And Mina asks for internet availability
      Then Mina is refused, since "You have internet already"

    Scenario Outline: With a line that Salesforce knows nothing of and that is <status>, for another home
      Given Mina has Internet in WHMCS that is <status>
      When Mina asks for internet availability at Koenji
      Then staff have <checks> availability checks to do

      Examples:
        | status     | checks |
        | suspended  | no     |
        | terminated | 1      |

    Scenario: What can't be read is not taken for no line
      Given WHMCS does not answer
      When Mina asks for internet availability at Koenji
      Then Mina is asked to try again later
      And staff have no availability checks to do
