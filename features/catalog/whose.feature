Feature: Everybody's catalog, and each customer's own

  Rule: CAT-2 anybody may look, and who is logged in sees their own

    Scenario: Without an account
      When somebody looks at the plans
      Then they see Internet plans of "Apartment 100M, Apartment 1G, Home 10G, Home 1G"
      And they can order Internet Home 1G Silver

    Scenario: Logged in
      Given Mina's check is eligible for "Home 1G"
      When Mina looks at her plans
      Then she sees Internet plans of "Home 1G"

  Rule: CAT-5 family plans are for customers whose SIM is active

    Scenario: Nobody is logged in
      When somebody looks at the plans
      Then they don't see SIM 5GB family

    Scenario Outline: With a SIM that is <status>
      Given Mina has a SIM in WHMCS that is <status>
      When Mina looks at her plans
      Then she <sees> SIM 5GB family

      Examples:
        | status     | sees      |
        | active     | sees      |
        | suspended  | doesn't see |
        | terminated | doesn't see |

    Scenario: A customer without a SIM
      Given Mina is a customer
      When Mina looks at her plans
      Then she doesn't see SIM 5GB family
