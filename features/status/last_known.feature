Feature: While Salesforce or WHMCS does not answer

  Rule: STA-1 what was known is shown with its time, and what nobody has read yet is not made up (T-10)

    Scenario Outline: <system> is down
      Given Mina has everything in order
      And Mina has Internet running
      And Mina has asked support about "Slow line", writing "The line is slow since Monday."
      And Mina has looked at all that is hers
      And <system> is down
      When 1 hour passes
      Then Mina is shown all that is hers as it was an hour ago
      But Mina can't end the service now
      When <system> answers again
      And 3 seconds pass
      Then Mina is shown all that is hers as it is now

      Examples:
        | system     |
        | Salesforce |
        | WHMCS      |

    Scenario: What nobody has read yet is asked for again
      Given Mina has everything in order
      And Mina has Internet running
      And Salesforce is down
      When Mina looks at the end of her Internet
      Then Mina is asked to try again later
