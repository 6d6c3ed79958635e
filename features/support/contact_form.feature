Feature: Writing to SonixNet without an account

  Rule: SUP-1 the public form makes a lead, limited and guarded against spam

    Scenario: A message becomes a lead
      When somebody writes to support, saying
        | email           | name       | phone         | subject          | message                            |
        | kai@example.com | Kai Tanaka | 090-1234-5678 | Moving to Sendai | Can I take my number with me there? |
      Then Salesforce holds 1 lead, showing
        | first name | last name | email           | phone         | about            | source |
        | Kai        | Tanaka    | kai@example.com | 090-1234-5678 | Moving to Sendai | Portal |
      And Salesforce holds no account

    Scenario Outline: A message with <what>
      When somebody writes to support with the <field> "<written>"
      Then they are asked to correct the <field>: "<words>"
      And Salesforce holds no leads

      Examples:
        | what                    | field   | written       | words                          |
        | nine characters         | message | Help! Now     | This is too short. |
        | nothing in it           | message |               | Please fill this in.           |
        | no subject              | subject |               | Please fill this in.           |
        | no name                 | name    |               | Please fill this in.           |
        | an address that is none | email   | kai at home   | This is not an email address.  |

    Scenario: Ten characters are enough
      When somebody writes to support with the message "Help! Now!"
      Then Salesforce holds 1 lead

    Scenario: A program that fills in what people don't see is thanked, and nothing is kept
      When a program writes to support
      Then it is thanked like anybody else
      And Salesforce holds no leads

    Scenario: Salesforce is down, and the message arrives once
      Given Salesforce is down
      When somebody writes to support
      Then they are told that it will be seen to
      When Salesforce answers again
      Then Salesforce holds 1 lead

    Scenario: Only so often from one place
      Given the portal keeps its own limits
      When somebody writes to support 4 times
      Then they are asked to wait
      And Salesforce holds 3 leads
