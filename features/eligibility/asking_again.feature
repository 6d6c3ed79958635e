Feature: Asking again

  Background:
    Given Mina lives in a home NTT has not checked

  Rule: ELG-2 asking again learns nothing new

    Scenario: Asking twice opens one check
      When Mina asks for internet availability twice
      Then her eligibility is pending
      And staff have one availability check to do

    Scenario: However many tabs ask at once
      When Mina asks for internet availability from 5 tabs at once
      Then staff have one availability check to do
      And Salesforce holds one Internet opportunity of hers

    Scenario: For the address that was found eligible
      Given Mina's check is eligible for "Home 1G"
      When Mina asks for internet availability
      Then her eligibility is eligible
      And staff have no availability checks to do

    Scenario: For another address while the check is open
      When Mina asks for internet availability at Yanaka
      And Mina asks for internet availability at Koenji
      Then staff have one availability check to do
      And that case tells staff of "Yanaka 3-1-2", "Koenji-kita 2-5-1" and "Another address"

  Rule: ELG-2 after a no, another address at once and the same after 90 days

    Scenario Outline: <when>, at <address>
      Given Mina asked on 2026-01-21 and was told on 2026-01-22 that no line reaches Yanaka
      When it is <day>
      And Mina asks for internet availability at <address>
      Then staff have <checks> availability check to do

      Examples:
        | when                 | day        | address | checks |
        | The same day         | 2026-01-22 | Koenji  | one    |
        | The same day         | 2026-01-22 | Yanaka  | no     |
        | On the 89th day      | 2026-04-21 | Yanaka  | no     |
        | On the 90th day      | 2026-04-22 | Yanaka  | one    |

    Scenario: Who asks too soon reads from when on
      Given Mina asked on 2026-01-21 and was told on 2026-01-22 that no line reaches Yanaka
      When Mina asks for internet availability
      Then Mina is refused, since "This address was checked recently"
      And she reads that she can ask again from 2026-04-22
