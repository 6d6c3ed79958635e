Feature: The Internet plans a customer is offered

  Rule: CAT-3 the answer of NTT opens the plans

    Scenario Outline: NTT's answer "<value>"
      Given Mina's check is eligible for "<value>"
      When Mina looks at her plans
      Then she sees Internet plans of "<offerings>"
      And she can order them all

      Examples:
        | value          | offerings         |
        | Home 1G        | Home 1G           |
        | Home 10G       | Home 10G, Home 1G |
        | Apartment 1G   | Apartment 1G      |
        | Mansion 1G     | Apartment 1G      |
        | Apartment 100M | Apartment 100M    |
        | Mansion 100M   | Apartment 100M    |

    Scenario: An answer that nobody taught the portal
      Given Mina's check is eligible for "Home 100G"
      When Mina looks at her plans
      Then she sees no Internet plan
      And she reads "We are confirming your options." about Internet
      And staff are alarmed about "eligibility_value_unknown"

  Rule: CAT-4 until the address is eligible, plans are shown with why not and what to do

    Scenario Outline: <standing>
      Given Mina <standing>
      When Mina looks at her plans
      Then she sees Internet plans of "Apartment 100M, Apartment 1G, Home 10G, Home 1G"
      And she can order none of them
      And she reads "<why>" about Internet
      And the way on is "<way on>"

      Examples:
        | standing                        | why                                           | way on             |
        | has only signed up              | We need your address to see what reaches it.  | Add your address   |
        | is a customer                   | We have to check your address first.          | Check availability |
        | has asked for availability      | We are checking your address with NTT.        | View status        |
        | was told that no line reaches her | No internet line reaches your address yet.  | See SIM plans      |
        | was eligible, and has moved     | We have to check your address first.          | Check availability |

    Scenario: SIM and VPN don't wait for NTT
      Given Mina is a customer
      When Mina looks at her plans
      Then she can order SIM 5GB
      And she can order VPN London
