Feature: Work that needs a person

  Rule: OPS-6 what is parked or unknown can be seen, with what to do

    Scenario: All is well
      Given Mina has everything in order
      And Mina has ordered a VPN
      Then operators see no work that needs them

    Scenario: An outcome that stays unknown
      Given Mina has everything in order
      And Mina has ordered a VPN
      And WHMCS does not create orders
      When staff approve the order
      Then operators see no work that needs them
      When 6 minutes pass
      Then operators see 1 piece of work whose outcome is unknown, and what to do

    Scenario: Work that was parked
      Given Mina has everything in order
      And Mina has ordered a VPN
      And staff have emptied the link of Mina's account to WHMCS
      When staff approve the order
      Then operators see 1 piece of work that is parked, and what to do
