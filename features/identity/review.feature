Feature: How the review of an ID stands

  Background:
    Given Mina is a customer

  Rule: IDV-3 each status says what is to be done, and staff's note is never shown

    Scenario: Nothing was sent
      Then Mina's ID is not submitted
      And she reads of her ID "Please send your residence card."
      And she can send a card

    Scenario: Sent, and to be looked at within two business days
      Given today is 2026-01-23
      When Mina sends her residence card
      Then Mina's ID is submitted
      And she reads of her ID "We are looking at your card. We expect to be done by 27 January 2026."
      And she sees that she sent "residence-card.png"
      And she can send a card

    Scenario: Staff are late
      Given Mina has sent her residence card
      When 5 days pass
      Then she reads of her ID "Looking at your card takes longer than we said. We are on it, and there is nothing you need to do."

    Scenario: Verified
      Given staff have verified Mina's ID
      Then Mina's ID is verified
      And she reads of her ID "Your identity is verified."
      And she can't send a card
      When Mina sends her residence card
      Then Mina is refused, since "Your identity is verified"
      And Salesforce holds 1 version of Mina's document

    Scenario: Rejected, and sent again
      Given staff have rejected Mina's ID, writing "EXPIRED"
      Then Mina's ID is rejected
      And she can send a card
      When Mina sends a sharper picture
      Then Mina's ID is submitted
      And nothing is said to be wrong with her ID

    Scenario: Staff take a verification back
      Given Mina has sent her residence card
      When staff verify Mina's ID
      And staff reject Mina's ID, writing "NAME_MISMATCH"
      Then Mina's ID is rejected
      And she can send a card
