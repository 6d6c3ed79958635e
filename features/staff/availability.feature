Feature: Staff's queue of availability checks

  Rule: STF-1 see address and opportunity, write the answer, close the case

    Scenario: What staff see
      Given Mina is a customer
      When Mina asks for internet availability, noting "The bell says Okafor."
      Then staff have 1 availability check to do, showing
        | customer    | address      | sale         | note                  | priority |
        | Mina Okafor | Yanaka 3-1-2 | Introduction | The bell says Okafor. | Medium   |

    Scenario: The oldest first
      Given Tomás is a customer
      When Tomás asks for internet availability
      And Mina asks for internet availability
      Then staff have 2 availability checks to do, showing
        | customer     | address           |
        | Tomás Rivera | Koenji-kita 2-5-1 |
        | Mina Okafor  | Yanaka 3-1-2      |

    Scenario Outline: Staff answer <answer>
      Given Mina has everything but an answer from NTT
      When staff answer that Mina's address is <answer>
      Then staff have no availability checks to do
      And Mina's eligibility is <status>
      And Salesforce holds when Mina's address was answered, and the case as closed
      And Salesforce holds Mina's Internet opportunity at <sale>

      Examples:
        | answer                    | status     | sale  |
        | eligible for "Home 1G"    | eligible   | Ready |
        | not eligible              | ineligible | Void  |

    Scenario: The notes that staff write for the customer are read by the customer
      Given Mina has everything but an answer from NTT
      When staff answer that Mina's address is eligible for "Home 1G", noting "The landlord must agree."
      Then Mina reads staff's notes "The landlord must agree."

    Scenario: Staff correct an answer
      Given Mina has everything in order
      When staff answer that Mina's address is not eligible
      Then Mina's eligibility is ineligible
      And Mina gets the notice "No internet line reaches your address yet"
