Feature: Staff's queue of orders

  Background:
    Given Mina has everything in order

  Rule: STF-3 look at prerequisites and prices, decide, send, watch, retry

    Scenario: What staff see before they decide
      Given Mina has ordered Internet
      Then staff have one order to review, showing
        | customer    | product  | eligibility | value   | payment | other Internet | monthly | once   |
        | Mina Okafor | internet | Eligible    | Home 1G | present | –              | 5,500   | 22,800 |

    Scenario: For a SIM they see the ID
      Given Mina has ordered an eSIM
      Then staff have one order to review, showing
        | customer    | product | identity | monthly | once  |
        | Mina Okafor | sim     | Verified | 1,480   | 1,500 |

    Scenario: A SIM card to be sent stays in the queue until it runs
      Given Mina has ordered a SIM card
      When staff approve the order
      Then staff have 1 SIM card to send
      When staff send the SIM card
      Then staff have 0 orders to review

    Scenario: A failed activation is seen with its reason, and retried
      Given Mina has ordered a VPN
      When Mina removes her payment method in WHMCS
      And staff approve the order
      Then staff see that the order failed for PAYMENT_REQUIRED
      When Mina adds a payment method in WHMCS
      And Salesforce calls for the activation of the order
      Then Mina's VPN is running
      And staff have 0 orders to review

    Scenario: A rejected order leaves the queue
      Given Mina has ordered a VPN
      When staff reject the order, writing "Please call us first."
      Then staff have 0 orders to review
      And the order is cancelled
