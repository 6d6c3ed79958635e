Feature: A SIM with a residence card, on an eSIM

  Rule: IDV-2, IDV-5, ORD-3, FUL-2, SRV-1 the whole way

    Scenario: Priya brings her number to an eSIM
      Given Priya is a customer
      When Priya adds a payment method in WHMCS
      And Priya sends her residence card
      Then Salesforce holds Priya's ID as "Submitted"
      When Priya orders an eSIM and brings her number along
      Then the order is refused, since "Your identity is not verified."
      When staff verify Priya's ID
      Then Priya gets the notice "Your ID is verified"
      When Priya orders an eSIM and brings her number along
      Then Priya has 1 order in review
      When staff approve the order
      Then Priya's SIM is running
      And Priya sees the code of her eSIM
      And the issuer made 1 eSIM for Priya
      And Salesforce holds the order as "Completed", activation "Activated"
      And WHMCS holds 1 order of Priya's, accepted, with the services
        | service                     | price | status |
        | SIM 5GB Data, SMS and calls | 1,480 | Active |
        | SIM activation fee          | 1,500 | Active |
      And Priya's story tells, in this order
        | what                   |
        | You sent your ID       |
        | Your ID is verified    |
        | You placed your order  |
        | Your order is approved |
        | Your service is active |
