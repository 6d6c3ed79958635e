Feature: What is sold

  Rule: CAT-1 what Salesforce lists: active, shown in the portal, with a price in its price book

    Scenario Outline: <plan>
      When somebody looks at the plans
      Then they see <plan> for <price> a month as <what it is>

      Examples:
        | plan                         | price  | what it is                          |
        | Internet Home 1G Silver      | ¥5,500 | "Home 1G, Silver"                   |
        | Internet Apartment 100M Gold | ¥4,500 | "Apartment 100M, Gold"              |
        | SIM 5GB                      | ¥1,480 | "5GB, data_sms_voice"               |
        | SIM 25GB data only           | ¥2,580 | "25GB, data_only"                   |
        | SIM Voice only               | ¥1,080 | "voice_only"                        |
        | VPN London                   | ¥2,500 | "London"                            |

    Scenario: In the order that Salesforce gives
      When somebody looks at the plans
      Then Internet Home 1G Silver stands before Internet Home 10G Silver
      And SIM 5GB stands before SIM 10GB

    Scenario: What staff don't show in the portal is not there
      When somebody looks at the plans
      Then they don't see Internet Home 1G Classic

    Scenario: What staff take off the shelf is gone
      When staff take VPN London off the shelf
      And somebody looks at the plans
      Then they don't see VPN London

    Scenario: What is not yet sold is shown, and can't be ordered
      When somebody looks at the plans
      Then they see SIM 100GB, which can't be ordered
