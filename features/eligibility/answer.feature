Feature: The answer

  Background:
    Given Mina has asked for availability

  Rule: ELG-5 a yes makes the opportunity Ready, a no makes it Void, unless Salesforce did

    Scenario Outline: Staff answer that the address is <answer>
      When staff answer that Mina's address is <answer>
      Then her eligibility is <status>
      And Salesforce holds her Internet opportunity at <sale>

      Examples:
        | answer                 | status     | sale  |
        | eligible for "Home 1G" | eligible   | Ready |
        | not eligible           | ineligible | Void  |

    Scenario: Staff were quicker than the portal
      When staff move her Internet opportunity to Post Processing
      And staff answer that Mina's address is eligible for "Home 1G"
      Then Salesforce holds her Internet opportunity at Post Processing

  Rule: ELG-6 within seconds by event, else by polling; what was remembered is dropped, and the customer is told

    Scenario Outline: Told of <answer>
      When staff answer that Mina's address is <answer>
      Then Mina gets the notice "<title>"
      And its button "<button>" leads to <page>
      And Mina got the notice "<title>" once

      Examples:
        | answer                 | title                                     | button          | page                |
        | eligible for "Home 1G" | You can have internet at your address     | View plans      | the Internet plans  |
        | not eligible           | No internet line reaches your address yet | Contact support | support             |

    Scenario: Her page knows at once, though it has just looked
      Given Mina has looked at her check
      When staff answer that Mina's address is eligible for "Home 1G"
      Then her eligibility is eligible

    Scenario: The news is told twice
      Given Salesforce tells everything twice
      When staff answer that Mina's address is eligible for "Home 1G"
      Then Mina got the notice "You can have internet at your address" once

    Scenario: The news is lost, and the portal looks for itself
      Given Salesforce's news are lost
      When staff answer that Mina's address is eligible for "Home 1G"
      And 2 minutes pass
      Then Mina got the notice "You can have internet at your address" once
      And Salesforce holds her Internet opportunity at Ready
