Feature: Taking a cancellation back

  Background:
    Given Mina has everything in order
    And Mina has Internet running
    And Mina has cancelled Internet with the end of 2026-02

  Rule: CAN-7 until three days before, with the kit not back

    Scenario: The service goes on
      When Mina lets her Internet go on
      Then Mina sees the service "Internet Home 1G Silver" not ending
      And Salesforce holds the service's opportunity at Active
      And Salesforce holds no end and no cancellation notice
      And Salesforce holds 0 open cases "Cancellation Request - Internet Home 1G Silver"
      And Mina gets the notice "Your service goes on"

    Scenario Outline: On <day> at <time>
      Given it is <time> on <day>
      When Mina lets her Internet go on
      Then Salesforce holds the service's opportunity at <stage>

      Examples:
        | day        | time  | stage       |
        | 2026-02-25 | 23:59 | Active      |
        | 2026-02-26 | 00:00 | △Cancelling |

    Scenario: Too late is said, with the day it was possible until
      Given it is 00:00 on 2026-02-26
      When Mina lets her Internet go on
      Then Mina is refused, since "Too late"

    Scenario Outline: With the kit <kit>
      Given staff have noted the kit as <kit>
      When Mina lets her Internet go on
      Then Salesforce holds the service's opportunity at <stage>

      Examples:
        | kit       | stage       |
        | SentKit   | Active      |
        | Returned1 | △Cancelling |

    Scenario: It can be cancelled again
      When Mina lets her Internet go on
      And Mina cancels Internet with the end of 2026-03
      Then Mina sees the service "Internet Home 1G Silver" ending on 2026-03-31
