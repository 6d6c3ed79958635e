Feature: How an opportunity begins

  Rule: OPP-2 commodity, first stage, source and close date; the probability follows the stage

    Scenario: By asking for availability
      Given Mina is a customer
      When Mina asks for internet availability
      Then Salesforce holds an opportunity of Mina's, showing
        | commodity            | stage        | application | source                                | closes     | probability |
        | Personal SonixNet Home Internet | Introduction | INTRO-1 | Portal - Internet Eligibility Request | 2026-04-20 | 30 |

    Scenario: By ordering a SIM
      Given Mina has everything but an answer from NTT
      When Mina orders an eSIM
      Then Salesforce holds an opportunity of Mina's, showing
        | commodity | stage           | application | source                | probability |
        | SIM       | Post Processing | INTRO-1     | Portal - SIM Checkout | 75          |

    Scenario: By ordering a VPN
      Given Mina has everything but an answer from NTT
      When Mina orders a VPN
      Then Salesforce holds an opportunity of Mina's, showing
        | commodity | stage           | application | source                   | probability |
        | VPN       | Post Processing | INTRO-1     | Portal - Order Placement | 75          |

    Scenario Outline: The probability at <stage>
      Given Mina's Internet opportunity is at <stage>
      Then Salesforce holds its probability as <probability>

      Examples:
        | stage           | probability |
        | Introduction    | 30          |
        | Ready           | 50          |
        | Post Processing | 75          |
        | Pending         | 75          |
        | Active          | 90          |
        | △Cancelling     | 100         |

    Scenario Outline: Closed at <stage>
      Given Mina's Internet opportunity is at <stage>
      Then Salesforce holds its probability as <probability>, closed <how>

      Examples:
        | stage      | probability | how  |
        | 〇Cancelled | 100         | won  |
        | Void       | 0           | lost |

  Rule: OPP-3 two triggers at once never make two where one is due

    Scenario: Two tabs ask for availability
      Given Mina is a customer
      When Mina asks for internet availability from two tabs at once
      Then Salesforce holds 1 opportunity of Mina's

    Scenario: Two tabs order Internet
      Given Mina has everything in order
      When Mina orders Internet from two tabs at once
      Then Salesforce holds 1 opportunity of Mina's
      And Salesforce holds 1 order of Mina's
