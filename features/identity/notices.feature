Feature: Being told of the review

  Background:
    Given Mina has sent her residence card

  Rule: IDV-5 a notice of either outcome

    Scenario: Verified
      When staff verify Mina's ID
      Then Mina gets the notice "Your ID is verified"
      And its button "Continue checkout" leads to her checkout
      And Mina got it by mail from Salesforce

    Scenario: Rejected, with the reason and what helps
      When staff reject Mina's ID, writing "EXPIRED"
      Then Mina gets the notice "Please send your ID again"
      And the notice says "The card's date has passed. Please send your renewed card."
      And its button "Resubmit" leads to her settings
      And Mina got it by mail from Salesforce

    Scenario: Rejected twice is told twice
      When staff reject Mina's ID, writing "BLURRY"
      And Mina sends a sharper picture
      And staff reject Mina's ID, writing "BLURRY"
      Then Mina got the notice "Please send your ID again" twice

    Scenario: The news is lost
      Given Salesforce's news are lost
      When staff verify Mina's ID
      And 2 minutes pass
      Then Mina got the notice "Your ID is verified" once
