Feature: A failure, and how it is recovered from

  Background:
    Given Mina has everything in order

  Rule: FUL-2, FUL-4, STF-3 what is missing is found, and gone on from

    Scenario: A payment method removed before the activation
      Given Mina has ordered Internet
      When Mina removes her payment method in WHMCS
      And staff approve the order
      Then Salesforce holds the order as "Approved", activation "Failed", for PAYMENT_REQUIRED
      And Mina gets the notice "Your activation needs a little more time"
      And WHMCS holds no order of Mina's
      When Mina adds a payment method in WHMCS
      And Salesforce calls for the activation of the order
      Then Mina's Internet is running
      And Salesforce holds the order as "Completed", activation "Activated"
      And WHMCS holds 1 order of Mina's, accepted
      And Mina gets the notice "Your service is active"

  Rule: FUL-3 an answer that was lost makes nothing twice

    Scenario: WHMCS answers too late but creates the order
      Given Mina has ordered Internet
      And WHMCS answers too late, but creates the order
      When staff approve the order
      Then Mina's Internet is running
      And WHMCS holds 1 order of Mina's, accepted, with the services
        | service                    | price  | status |
        | Internet Home 1G Silver    | 5,500  | Active |
        | Installation, paid at once | 22,800 | Active |
      And Mina got the notice "Your activation needs a little more time" 0 times
