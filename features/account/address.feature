Feature: The customer's address

  Background:
    Given Mina is a customer

  Rule: ACC-11 one address: asked once, in both systems, confirmed at checkout, copied to the order

    Scenario: Given at sign-up, it is in both systems
      Then Salesforce and WHMCS hold her address in Yanaka

    Scenario: Given with the check for the first time
      Given Tomás has only signed up
      When Tomás asks for internet availability at Koenji
      Then Salesforce and WHMCS hold his address in Koenji

    Scenario: Moving changes it in both systems
      When Mina moves to Koenji
      Then Salesforce and WHMCS hold her address in Koenji

    Scenario: Confirmed at checkout, it is copied to the order
      Given Mina has everything in order
      When Mina orders a VPN without confirming her address
      Then the order is refused, since "You have not confirmed the address for this order."
      When Mina orders a VPN
      Then Salesforce holds her address on the order
