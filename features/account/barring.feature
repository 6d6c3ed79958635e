Feature: Barring a customer

  Background:
    Given Mina is a customer

  Rule: ACC-8 staff can bar, heard of or not

    Scenario: Staff bar her, and the news is lost
      Given Salesforce's news are lost
      When staff bar Mina in Salesforce
      And 2 minutes pass
      Then Mina's session is over
