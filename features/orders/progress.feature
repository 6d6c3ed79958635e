Feature: How far a checkout is

  Rule: ORD-8 each step is complete, in progress, waiting, blocked or to do

    Scenario Outline: <customer>, <service>
      Given Mina <customer>
      When Mina saves a checkout with <service>
      Then the steps of Mina's checkout are
        | address   | availability   | identity   | payment   | check   |
        | <address> | <availability> | <identity> | <payment> | <check> |

      Examples:
        | customer                              | service  | address  | availability | identity | payment  | check   |
        | has everything in order               | a VPN    | complete |              |          | complete | to_do   |
        | has everything in order               | Internet | complete | complete     |          | complete | to_do   |
        | has everything in order               | an eSIM  | complete |              | complete | complete | to_do   |
        | has everything but a payment method   | a VPN    | complete |              |          | to_do    | blocked |
        | has everything but an answer from NTT | Internet | complete | waiting      |          | complete | blocked |
        | has everything but a verified ID      | an eSIM  | complete |              | to_do    | complete | blocked |
        | has only signed up                    | Internet | to_do    | blocked      |          | to_do    | blocked |

    Scenario: A step that waits says for whom, and until when
      Given Mina has everything but an answer from NTT
      When Mina saves a checkout with Internet
      Then the step "availability" waits for NTT until 2026-01-22

    Scenario: A step that is blocked says why
      Given Mina has everything but a verified ID
      And staff have rejected Mina's ID
      When Mina saves a checkout with an eSIM
      Then the step "identity" is blocked, since "Please send your ID again."

    Scenario: An address that is not confirmed is in progress
      Given Mina has everything in order
      When Mina saves a checkout with a VPN without confirming her address
      Then the steps of Mina's checkout are
        | address     | payment  | check   |
        | in_progress | complete | blocked |
