Feature: From the question to the answer

  Rule: ELG-3 requests that change something are limited

    Scenario: A fourth home within the hour has to wait
      Given the usual limits hold
      And Mina lives in a home NTT has not checked
      When Mina asks about 4 different homes
      Then Mina is asked to wait before asking again

  Rule: ELG-4 the customer knows when to expect an answer

    Scenario: Two business days, not counting the weekend
      Given today is 2026-01-23
      And Mina lives in a home NTT has not checked
      When Mina asks for internet availability
      Then Mina can expect an answer by 2026-01-27

  Rule: ELG-6 the answer arrives by itself, also when the news are lost

    Scenario: A lost event is made good by looking
      Given Mina lives in a home NTT has not checked
      And Salesforce's news are lost
      When Mina asks for internet availability
      And staff answer that Mina's address is eligible for "Home 1G"
      And 10 minutes pass
      Then Mina's eligibility is eligible

  Rule: ELG-7 "check now" reads again, but not all the time

    Scenario: Three looks in a row are one reading
      Given the usual limits hold
      And Mina lives in a home NTT has not checked
      When Mina asks for internet availability
      Then checking now again and again asks Salesforce once

  Rule: ELG-9 checks are staff's own cases

    Scenario: The customer finds none among the support cases
      Given Mina lives in a home NTT has not checked
      When Mina asks for internet availability
      Then Mina has no support case to read

  Rule: ELG-8 a checker may answer at once

    Scenario: A covered home is answered without staff
      Given Tomás lives in Jingumae
      And the automatic checker is switched on for Tomás alone
      When Tomás asks for internet availability
      Then Tomás's eligibility is eligible
