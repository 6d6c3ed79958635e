Feature: One Internet service

  Background:
    Given Mina's check is eligible for "Home 1G"

  Rule: CAT-6 who has Internet, or has it on its way or suspended, is led to it

    Scenario Outline: An Internet service that is <status>
      Given Mina has Internet in WHMCS that is <status>
      When Mina looks at her plans
      Then she can order <which> of the Internet plans
      And she reads <what> about Internet

      Examples:
        | status     | which | what                                         |
        | active     | none  | "You have an internet service already."      |
        | suspended  | none  | "You have an internet service already."      |
        | terminated | all   | nothing                                      |

    Scenario: An Internet service that is on its way
      Given Mina has Internet on its way in WHMCS
      When Mina looks at her plans
      Then she can order none of the Internet plans
      And she reads "You have an internet service already." about Internet

    Scenario: The way on is the service itself
      Given Mina has Internet in WHMCS that is active
      When Mina looks at her plans
      Then the way on leads to that service

    Scenario Outline: A service by hand called "<name>" in the group "<group>"
      Given staff have set up "<name>" in the group "<group>" for Mina in WHMCS
      When Mina looks at her plans
      Then she can order <which> of the Internet plans

      Examples:
        | name                 | group                          | which |
        | Fibre 2019           | SonixNet via NTT Optical Fiber | none  |
        | Old INTERNET line    | Other                          | none  |
        | Hikari               | Internet                       | none  |
        | Mail box             | Other                          | all   |
