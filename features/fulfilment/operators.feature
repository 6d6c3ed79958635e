Feature: What operators see of work

  Rule: FUL-8 work that needs a person is listed, with what to do

    Scenario: Nothing needs anybody
      Given Mina has everything in order
      And Mina has a VPN running
      Then an operator who lists the work reads "No pieces of work to look at"

    Scenario: An activation that can't go on
      Given Mina has everything in order
      And Mina has ordered a VPN
      And staff have emptied the link of Mina's account to WHMCS
      When staff approve the order
      Then an operator who lists the work reads "parked: provision"
      And an operator who lists the work reads "then retry"
