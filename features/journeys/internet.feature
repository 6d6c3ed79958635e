Feature: Internet, from a look at the plans to a running line

  Rule: CAT-2, ACC-1, ELG-1, ELG-5, ORD-1, FUL-2, STA-3 the whole way

    Scenario: Mina moves to Yanaka and wants internet
      Given today is 2026-01-20
      When somebody looks at the plans
      And Mina signs up
      And Mina gives the code from her mail
      Then Mina is logged in
      When Mina asks for internet availability
      Then staff have 1 availability check to do
      And Salesforce holds Mina's Internet opportunity at Introduction
      When 1 day passes
      And staff answer that Mina's address is eligible for "Home 1G"
      Then Mina gets the notice "You can have internet at your address"
      And Salesforce holds Mina's Internet opportunity at Ready
      When Mina adds a payment method in WHMCS
      And Mina saves a checkout with Internet
      And Mina submits her checkout
      Then Mina has 1 order in review
      And Salesforce holds Mina's Internet opportunity at Post Processing
      When 1 day passes
      And staff approve the order
      Then Mina's Internet is running
      And Salesforce holds the order as "Completed", activation "Activated"
      And Salesforce holds Mina's Internet opportunity at Active
      And WHMCS holds 1 order of Mina's, accepted
      And Mina's story tells, in this order
        | what                                       |
        | You asked for internet at your address     |
        | Internet is available at your address      |
        | You placed your order                      |
        | Your order is approved                     |
        | Your service is active                     |
