Feature: What belongs to whom

  Rule: ELG-9 the operator's own cases are never shown to the customer

    Scenario: An open check, and a closed one
      Given Mina has asked for availability
      Then Mina has no support cases
      And nothing that she reads of the check names the case
      When staff answer that Mina's address is eligible for "Home 1G"
      Then Mina has no support cases
      And nothing that she reads of the check names the case

    Scenario: Wherever staff say that it came from
      Given Mina has asked for availability
      When staff write that Mina's check came from "Portal Website"
      Then Mina has no support cases
      And nothing that she reads of the check names the case

  Rule: ELG-10 an answer belongs to its address, and a no names alternatives

    Background:
      Given Mina has everything in order

    Scenario: With another address the gate is closed, and a new check is offered
      When Mina moves to Koenji
      Then her next step is "Check availability"
      And she reads of the check "What we found is for an earlier address. Ask for the one you have now."
      When Mina orders Internet
      Then the order is refused, since "Internet is not confirmed for your address."

    Scenario: Back at the address that was checked
      Given Mina has moved to Koenji
      When Mina moves to Yanaka
      And Mina orders Internet
      Then Mina has 1 order in review

    Scenario: The same address written in another way
      When Mina writes her address as "〒1100001", "東京都", "Taito-ku", "Yanaka 3-1-2", "Hill House 201"
      Then her next step is "Check availability"
      When Mina writes her address as "1100001", "Tokyo", "TAITO-KU", "Yanaka 3−1−2", "Hill House 201"
      Then her next step is "View plans"

    Scenario: What there is instead
      When staff answer that Mina's address is not eligible
      Then she is offered "A SIM plan works everywhere, Check another address, Ask again later"
