Feature: Mailing the code of a sign-up

  Rule: ACC-1 one mail for a code, however often it is tried

    Scenario: The mail server's answer is lost
      Given the mail server answers too late, but sends the mail
      When Priya signs up
      Then Priya gets one code
      When she gives the code from her mail
      Then she is logged in
