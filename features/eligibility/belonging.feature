Feature: What an answer is worth, and when it is late

  Rule: ELG-10 an answer belongs to its address

    Scenario: After moving, a new check is offered
      Given Mina lives in a home NTT has not checked
      When Mina asks for internet availability
      And staff answer that Mina's address is eligible for "Home 1G"
      And Mina moves to another home
      Then a new check is offered for Mina's new home

    Scenario: A no names what else there is
      Given Mina lives in a home NTT has not checked
      When Mina asks for internet availability
      And staff answer that Mina's address is not eligible
      Then Mina is offered another check, and SIM plans are named

  Rule: ELG-11 a late check is told once and made urgent

    Scenario: After three business days
      Given Mina lives in a home NTT has not checked
      When Mina asks for internet availability
      And 3 business days pass
      Then Mina sees that the check is late
      And staff's check is urgent
      And Mina got the notice "Your check takes longer than we said" once
