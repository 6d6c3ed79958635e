Feature: Gates before an order
  What must be true before an order is taken is looked at when the cart is submitted. Everything
  that is missing is named at once, each with what to do about it, and nothing is left behind.

  Rule: ORD-1 every closed gate is named with what to do

    Scenario: With everything in order the order is taken
      Given Mina has everything in order
      When Mina orders Internet
      Then Mina has 1 order in review
      And Salesforce holds 1 order of Mina's, "Pending Review"

    Scenario Outline: Something is missing about the customer: <missing>
      Given Mina has everything but <missing>
      When Mina orders <service>
      Then the order is refused, since "<what she reads>"
      And Mina is led to "<way on>"
      And Salesforce holds no order of Mina's
      And WHMCS holds no order of Mina's

      Examples:
        | missing                 | service  | what she reads                                        | way on                    |
        | a birth date            | a VPN    | Your name, phone number or date of birth is missing.  | Complete your profile     |
        | an address              | a VPN    | There is no address on file.                          | Add your address          |
        | the terms of today      | a VPN    | You have not accepted the terms of today.             | Read and accept the terms |
        | a payment method        | a VPN    | There is no payment method.                           | Add a payment method      |
        | a payment method        | Internet | There is no payment method.                           | Add a payment method      |
        | an answer from NTT      | Internet | Internet is not confirmed for your address.           | Check availability        |
        | a verified ID           | an eSIM  | Your identity is not verified.                        | Send your residence card  |

    Scenario: What a product does not need is not asked for
      Given Mina has everything but a verified ID
      When Mina orders Internet and a VPN
      Then Mina has 2 orders in review

    Scenario: Everything that is missing is named at once
      Given Mina has only signed up
      When Mina orders Internet, an eSIM and a family SIM without confirming her address
      Then the order is refused, naming all of
        | what she reads                                         | service |
        | Your name, phone number or date of birth is missing.   |         |
        | There is no address on file.                           |         |
        | You have not confirmed the address for this order.     |         |
        | Internet is not confirmed for your address.            | 1       |
        | Your identity is not verified.                         | 2       |
        | Your identity is not verified.                         | 3       |
        | A family plan needs an active SIM service.             | 3       |
        | There is no payment method.                            |         |
      And Salesforce holds no order of Mina's
