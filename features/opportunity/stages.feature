Feature: The stages of an opportunity

  Rule: OPP-1 stages move by a table

    Scenario Outline: <from>: <what happens>
      Given Mina's Internet opportunity is at <from>
      When <what happens>
      Then Salesforce holds Mina's Internet opportunity at <to>

      Examples: before the order
        | from         | what happens                       | to              |
        | Introduction | Mina asks for internet availability | Introduction    |
        | Introduction | staff answer that Mina's address is eligible for "Home 1G"| Ready           |
        | Introduction | staff answer that Mina's address is not eligible| Void            |
        | Introduction | 91 days pass                       | Void            |
        | Ready        | Mina asks for internet availability | Ready          |
        | Ready        | staff answer that Mina's address is not eligible| Void            |
        | Ready        | 91 days pass                       | Void            |
        | Ready        | Mina orders Internet               | Post Processing |

      Examples: the order
        | from            | what happens              | to              |
        | Post Processing | staff put the sale on hold | Pending        |
        | Pending         | staff resume the sale     | Post Processing |
        | Post Processing | staff approve the order   | Active          |
        | Post Processing | Mina withdraws the order  | Void            |
        | Pending         | Mina withdraws the order  | Void            |
        | Post Processing | staff reject the order, writing "No line here" | Void |
        | Pending         | staff reject the order, writing "No line here" | Void |

      Examples: the end
        | from        | what happens                | to          |
        | Active      | Mina cancels her Internet   | △Cancelling |
        | △Cancelling | Mina lets her Internet go on | Active     |
        | △Cancelling | the kit is back and staff end the service in WHMCS | 〇Cancelled |

    Scenario: An order comes before the portal has heard that the address is eligible
      Given Mina's Internet opportunity is at Introduction
      And Salesforce's news are lost
      When staff answer that Mina's address is eligible for "Home 1G"
      And Mina orders Internet
      Then Salesforce holds Mina's Internet opportunity at Post Processing
