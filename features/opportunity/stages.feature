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
        | Ready        | 91 days pass                       | Void            |
        | Ready        | Mina orders Internet               | Post Processing |

      Examples: the order
        | from            | what happens              | to              |
        | Post Processing | staff put the sale on hold | Pending        |
        | Pending         | staff resume the sale     | Post Processing |
        | Post Processing | staff approve the order   | Active          |
        | Post Processing | Mina withdraws the order  | Void            |
        | Pending         | Mina withdraws the order  | Void            |

      Examples: the end
        | from        | what happens                | to          |
        | Active      | Mina cancels her Internet   | △Cancelling |
        | △Cancelling | Mina lets her Internet go on | Active     |
        | △Cancelling | the kit is back and staff end the service in WHMCS | 〇Cancelled |

  Rule: OPP-1 the portal makes no other move, and reports those that staff make

    Scenario: An order approved on hold waits until the sale is resumed
      Given Mina's Internet opportunity is at Pending
      When staff approve the order
      Then WHMCS holds no order of Mina's
      And Salesforce holds Mina's Internet opportunity at Pending
      And staff are alarmed about "sale_out_of_step"
      When staff resume the sale
      Then Mina's Internet is running

    Scenario Outline: Staff move <from> to <to>
      Given Mina's Internet opportunity is at <from>
      When staff move Mina's Internet opportunity to <to>
      Then Salesforce holds Mina's Internet opportunity at <to>
      And staff are <reported>

      Examples:
        | from   | to          | reported    |
        | Ready  | Void        | not alarmed |
        | Ready  | △Cancelling | not alarmed |
        | Active | Ready       | alarmed about "stage_no_rule_leads_to" |
