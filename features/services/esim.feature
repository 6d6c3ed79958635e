Feature: A new eSIM, and more data

  Background:
    Given Mina has everything in order

  Rule: SRV-4 once per wish, limited, recorded

    Scenario: A new eSIM for a new phone
      Given Mina has an eSIM running
      When Mina asks for a new eSIM
      Then the issuer made 2 eSIMs for Mina
      And the first of Mina's eSIMs has ended
      And Mina sees the code of her new eSIM

    Scenario: More data
      Given Mina has an eSIM running
      When Mina adds 3,000 MB
      Then the issuer holds 3,000 MB more for Mina

    Scenario: Sending the same wish again
      Given Mina has an eSIM running
      When Mina adds 3,000 MB with the key "top-up-1"
      And Mina adds 3,000 MB with the key "top-up-1"
      Then the issuer holds 3,000 MB more for Mina

    Scenario: The answer of the issuer is lost
      Given Mina has an eSIM running
      And the eSIM issuer answers too late, but adds the data
      When Mina adds 3,000 MB
      Then the issuer holds 3,000 MB more for Mina

    Scenario: Only so often
      Given the usual limits hold
      And Mina has an eSIM running
      When Mina adds 1,000 MB 6 times
      Then Mina is asked to try again later
      And the issuer holds 5,000 MB more for Mina

    Scenario Outline: Not for <service>
      Given Mina has <service> running
      When Mina asks for a new eSIM
      Then Mina is refused, since "This service has no eSIM"

      Examples:
        | service    |
        | a SIM card |
        | a VPN      |
