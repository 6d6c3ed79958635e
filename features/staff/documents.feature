Feature: Staff's queue of documents

  Rule: STF-2 the latest file beside what it must agree with, then yes or no with a reason

    Scenario: What staff see
      Given Mina has sent both sides of her residence card
      Then staff have 1 document to review, showing
        | customer    | born       | file               | other files     |
        | Mina Okafor | 1994-05-06 | residence-card.png | back of it.png  |
      And staff can open Mina's files "residence-card.png, back of it.png"

    Scenario: The latest file, not the first
      Given Mina has sent her residence card
      When Mina sends a sharper picture
      Then staff have 1 document to review, showing
        | customer    | file        |
        | Mina Okafor | sharper.png |
      And it is the version that was sent last
      And staff can open Mina's files "sharper.png"

    Scenario: The oldest first
      Given Tomás has sent his residence card
      And Mina has sent her residence card
      Then staff have 2 documents to review, showing
        | customer     |
        | Tomás Rivera |
        | Mina Okafor  |

    Scenario: Verified, by whom and when
      Given Mina has sent her residence card
      When "Suzuki" of staff verifies Mina's ID
      Then staff have no documents to review
      And Salesforce holds Mina's ID as "Verified", with the time and the note "Verified by Suzuki"
      And Mina's ID is verified

    Scenario: Rejected, with the message for the customer
      Given Mina has sent her residence card
      When staff reject Mina's ID, writing "BLURRY"
      Then staff have no documents to review
      And Salesforce holds Mina's ID as "Rejected", with the time and the message "BLURRY"
      And Mina's ID is rejected

    Scenario: Sent again, it is in the queue again
      Given staff have rejected Mina's ID, writing "BLURRY"
      When Mina sends a sharper picture
      Then staff have 1 document to review
