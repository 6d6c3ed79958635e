Feature: Asking whether an address can have internet

  Rule: ELG-2 asking again learns nothing new

    Scenario: Asking twice opens one check
      Given Mina lives in a home NTT has not checked
      When she asks for internet availability twice
      Then her eligibility is pending
      And staff have one availability check to do
