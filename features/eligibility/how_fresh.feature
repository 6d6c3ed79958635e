Feature: How fresh an eligibility is

  Rule: ELG-7 remembered for 30 seconds while Pending, else for five minutes, and read again on request

    Background:
      Given the usual limits hold
      And Mina is a customer

    Scenario Outline: Looked at while it was open, again after <span>
      Given Mina has asked for availability
      And Salesforce's news are lost
      And Mina has looked at her check
      When staff answer that Mina's address is eligible for "Home 1G"
      And <span> pass
      Then her eligibility is <status>

      Examples:
        | span       | status   |
        | 25 seconds | pending  |
        | 31 seconds | eligible |

    Scenario Outline: Looked at after the answer, again after <span>
      Given Mina's check is eligible for "Home 1G"
      And Salesforce's news and lists of changes are lost
      And Mina has looked at her check
      When staff answer that Mina's address is not eligible
      And <span> pass
      Then her eligibility is <status>

      Examples:
        | span        | status     |
        | 290 seconds | eligible   |
        | 301 seconds | ineligible |

    Scenario: Check now
      Given Mina has asked for availability
      And Salesforce's news are lost
      And Mina has looked at her check
      When staff answer that Mina's address is eligible for "Home 1G"
      And Mina checks now
      Then she sees that she is eligible

    Scenario Outline: Checking now a second time after <span>
      Given Mina has asked for availability
      And Salesforce's news are lost
      And Mina has checked now
      When staff answer that Mina's address is eligible for "Home 1G"
      And <span> pass
      And Mina checks now
      Then she sees that she is <status>

      Examples:
        | span       | status   |
        | 8 seconds  | pending  |
        | 11 seconds | eligible |

    Scenario: It says when it was read
      Given Mina has looked at her check
      When 20 seconds pass
      Then Mina reads that her eligibility was read 20 seconds ago
