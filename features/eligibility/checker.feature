Feature: A checker that knows at once

  Rule: ELG-8 a checker's answer is written as staff's would be; anything doubtful goes to staff

    Background:
      Given the automatic checker is switched on

    Scenario: An address it covers
      Given Mina lives in Jingumae
      When Mina asks for internet availability
      Then her eligibility is eligible
      And staff have no availability checks to do
      And Salesforce holds her Internet opportunity at Ready
      And the closed case says that the checker answered
      And Mina gets the notice "You can have internet at your address"

    Scenario: An address it knows nothing of
      Given Mina lives in Koenji
      When Mina asks for internet availability
      Then her eligibility is pending
      And staff have one availability check to do

    Scenario: An address it is not sure of
      Given Mina lives in Umeda
      When Mina asks for internet availability
      Then her eligibility is pending
      And staff have one availability check to do

    Scenario: A building that somebody looked at before
      Given Mina lives in Koenji
      And the line checker knows "Home 1G" of the building where Mina lives
      When Mina asks for internet availability
      Then her eligibility is eligible
      And staff have no availability checks to do

    Scenario: It does not answer
      Given Mina lives in Jingumae
      And the line checker is down
      When Mina asks for internet availability
      Then her eligibility is pending
      And staff have one availability check to do

    Scenario: Several tabs at once, each for another home that it covers
      Given Mina lives in Jingumae
      When Mina asks about 4 different homes at once
      Then her eligibility is eligible
      And staff have no availability checks to do
      And Salesforce holds one Internet opportunity of hers
