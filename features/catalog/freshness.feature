Feature: How old the catalog may be

  Background:
    Given somebody has looked at the plans

  Rule: CAT-7 remembered for five minutes, forgotten at news, and served as stale while Salesforce is down

    Scenario: A price that staff change shows at once
      When staff change the price of VPN London to ¥2,700
      And somebody looks at the plans
      Then they see VPN London for ¥2,700 a month

    Scenario Outline: Where the news is lost, after <span>
      Given Salesforce's news are lost
      When staff change the price of VPN London to ¥2,700
      And <span> pass
      And somebody looks at the plans
      Then they see VPN London for <price> a month

      Examples:
        | span        | price  |
        | 3 minutes   | ¥2,500 |
        | 301 seconds | ¥2,700 |

    Scenario: A look before it is over has it read again behind the answer
      Given Salesforce's news are lost
      When staff change the price of VPN London to ¥2,700
      And 270 seconds pass
      And somebody looks at the plans
      And somebody looks at the plans
      Then they see VPN London for ¥2,700 a month

    Scenario: A thousand looks cost Salesforce one
      When somebody looks at the plans 20 times
      Then Salesforce was asked for the catalog once

    Scenario: While Salesforce is down
      Given Salesforce is down
      When 1 hour passes
      And somebody looks at the plans
      Then they see VPN London for ¥2,500 a month
      And they read since when the plans are not up to date
      When Salesforce answers again
      And 1 minute passes
      And somebody looks at the plans
      Then the plans are up to date

    Scenario: A page that has the catalog already is told that it is the same
      When a page that has the plans asks for them again
      Then it is told that nothing changed
      When staff change the price of VPN London to ¥2,700
      And a page that has the plans asks for them again
      Then it gets the plans
