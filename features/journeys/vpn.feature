Feature: A VPN, with nothing to wait for but the approval

  Rule: ORD-4, ORD-7, FUL-2, SRV-2 the whole way

    Scenario: A cart from before the account becomes a running VPN
      Given somebody has saved a checkout with a VPN
      When Tomás signs up with that checkout
      Then Tomás's checkout holds a VPN
      When Tomás adds a payment method in WHMCS
      And Tomás confirms his address and submits his checkout
      Then Tomás has 1 order in review
      And Salesforce holds 1 opportunity of Tomás's at Post Processing
      When staff approve the order
      Then Tomás's VPN is running
      And Salesforce holds the order as "Completed", activation "Activated"
      And Tomás sees 1 invoice over ¥2,500, unpaid
      When Tomás pays his invoice in WHMCS
      Then Tomás sees 1 invoice over ¥2,500, paid
