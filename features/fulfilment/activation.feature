Feature: From an approved order to a running service

  Background:
    Given Mina has everything in order

  Rule: FUL-2 checked again, made, billed, written back

    Scenario: All three systems agree in the end
      Given Mina has ordered Internet
      When staff approve the order
      Then Mina's Internet is running
      And the order is completed
      And the order's activation is activated
      And Salesforce holds the order as "Completed", activation "Activated"
      And Salesforce holds the order's opportunity at Active, linked to the service
      And Salesforce holds a service for each line of the order
      And WHMCS holds 1 order of Mina's, accepted, with the services
        | service                    | price  | status |
        | Internet Home 1G Silver    | 5,500  | Active |
        | Installation, paid at once | 22,800 | Active |
      And Mina gets the notice "Your service is active"

    Scenario: The price of the order counts, not today's
      Given Mina has ordered a VPN
      When staff change the price of a VPN to ¥3,000
      And staff approve the order
      Then WHMCS bills Mina ¥2,500 a month

    Scenario: An eSIM is made by its issuer
      Given Mina has ordered an eSIM
      When staff approve the order
      Then the issuer made 1 eSIM for Mina
      And Mina sees the code of her eSIM

    Scenario: A SIM card waits until it was sent
      Given Mina has ordered a SIM card
      When staff approve the order
      Then Salesforce holds the order as "Approved", activation "Not Started"
      And WHMCS holds no order of Mina's
      When staff send the SIM card
      Then Mina's SIM is running

    Scenario Outline: What changed since the order was placed is found: <what>
      Given Mina has ordered <service>
      When <what>
      And staff approve the order
      Then Salesforce holds the order as "Approved", activation "Failed", for <code>
      And WHMCS holds no order of Mina's

      Examples:
        | service  | what                                      | code                 |
        | a VPN    | Mina removes her payment method in WHMCS  | PAYMENT_REQUIRED     |
        | Internet | staff take back the answer of NTT          | ELIGIBILITY_REQUIRED |
        | Internet | staff add Internet for Mina in WHMCS       | DUPLICATE_INTERNET   |
        | an eSIM  | staff take back the review of Mina's ID    | ID_REQUIRED          |
