Feature: An activation that fails

  Background:
    Given Mina has everything in order

  Rule: FUL-4 passing faults are tried again, lasting ones are told calmly and gone on from

    Scenario: A fault that passes is not even noticed
      Given Mina has ordered a VPN
      And WHMCS fails 3 times
      When staff approve the order
      Then Mina's VPN is running
      And Mina got the notice "Your activation needs a little more time" 0 times

    Scenario: A fault that lasts is told, and a retry goes on from there
      Given Mina has ordered an eSIM
      And WHMCS does not create orders
      When staff approve the order
      And 11 minutes pass
      Then Salesforce holds the order as "Approved", activation "Failed", for BILLING_UNKNOWN
      And Salesforce holds the order's opportunity at Post Processing
      And Mina gets the notice "Your activation needs a little more time"
      And the order's story ends with "We need a little more time; we are on it"
      When WHMCS answers again
      And Salesforce calls for the activation of the order
      Then Mina's SIM is running
      And the issuer made 1 eSIM for Mina

    Scenario: What the issuer refuses is not tried for ever
      Given Mina has ordered an eSIM for a phone the issuer does not know
      When staff approve the order
      Then Salesforce holds the order as "Approved", activation "Failed", for ESIM_REFUSED
      And what Salesforce holds of the failure names nobody

    Scenario: Cancelling such an order ends its eSIM
      Given Mina has ordered an eSIM
      And WHMCS does not create orders
      When staff approve the order
      And 11 minutes pass
      And WHMCS answers again
      And staff cancel the order
      Then the order is cancelled
      And Salesforce holds the order's opportunity at Void
      And the issuer has ended Mina's eSIM
      And WHMCS holds no running service of Mina's
