Feature: Knowing how the portal is

  Rule: OPS-2 alive, ready, counted, and nothing private in logs

    Scenario: A portal that is well
      Then the portal is alive
      And the portal is ready

    Scenario: A system that is down does not stop the portal
      Given Mina is a customer
      And WHMCS does not answer
      And Mina has looked at her status
      Then the portal is ready
      And the portal says that WHMCS does not answer

    Scenario: Every answer has an id that the log has too
      Given the portal writes down everything it does
      And Mina has everything in order
      When Mina orders a VPN
      Then the answer carries an id that the log has too

    Scenario: Logs and figures name nobody
      Given the portal writes down everything it does
      And Mina has everything in order
      When Mina orders an eSIM
      And staff approve the order
      Then Mina sees the code of her eSIM
      And neither the log nor the figures hold Mina's name, email, phone, address, tokens or eSIM code

    Scenario: Requests are counted by what was asked for, never by whose
      Given Mina has everything in order
      And Mina has ordered a VPN
      When Mina looks at the order
      Then the figures count 1 reading of an order
