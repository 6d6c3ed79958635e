Feature: The payment method before an order

  Rule: ORD-9 a payment method is added in WHMCS, and submitting looks afresh

    Scenario: Coming back from WHMCS
      Given Mina has everything but a payment method
      When Mina asks for the way to her payment methods
      Then Mina gets a link into WHMCS
      When Mina adds a payment method in WHMCS
      And 4 seconds pass
      Then the checkout knows Mina's payment method

    Scenario: A page that asks all the time costs one call in three seconds
      Given Mina has everything in order
      When Mina's page asks for the payment method 5 times within a second
      Then WHMCS was asked for Mina's payment methods once

    Scenario: Submitting never trusts what was read a moment ago
      Given Mina has everything in order
      And Mina has saved a checkout with a VPN
      And the checkout knows Mina's payment method
      When Mina removes her payment method in WHMCS
      And Mina submits her checkout
      Then the order is refused, since "There is no payment method."
