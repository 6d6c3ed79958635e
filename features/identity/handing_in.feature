Feature: Handing in a residence card

  Background:
    Given Mina is a customer

  Rule: IDV-2 to Salesforce while the customer waits, then surely submitted

    Scenario: Both sides
      When Mina sends both sides of her residence card
      Then Mina sees that she sent "residence-card.png"
      And Salesforce holds Mina's ID as "Submitted"
      And Salesforce holds Mina's documents "residence-card.png, back of it.png"

    Scenario: With Salesforce down nothing is kept, and nothing comes later
      Given Salesforce takes no documents
      When Mina sends her residence card
      Then Mina is asked to try again later
      When Salesforce answers again
      And 30 minutes pass
      Then Mina's ID is not submitted
      And Salesforce holds no document of Mina's

    Scenario: What is handed over is submitted, though Salesforce stumbles
      Given Salesforce fails 3 times to note what was submitted
      When Mina sends her residence card
      Then Mina's ID is submitted
      And Salesforce holds Mina's document "residence-card.png"

    Scenario: Sending again adds a version, and clears what was said of the one before
      Given staff have rejected Mina's ID, writing "BLURRY"
      When Mina sends a sharper picture
      Then Salesforce holds 2 versions of Mina's document
      And Salesforce holds Mina's ID as "Submitted", without a message or a note

    Scenario: The very same file again is the same version
      When Mina sends her residence card twice
      Then Salesforce holds 1 version of Mina's document

    Scenario Outline: A file called <called>
      When Mina sends a PNG called "<called>"
      Then Salesforce holds Mina's document "<kept as>"

      Examples:
        | called                      | kept as                |
        | 在留カード.png              | 在留カード.png         |
        | C:\Users\mina\card.png      | card.png               |
        | ../../etc/passwd            | passwd.png             |
        | ???                         | document.png           |

  Rule: IDV-6 documents are never in the portal's database, files, jobs or logs

    Scenario: Nothing is left of it, and nobody can fetch it
      Given the portal writes down everything it does
      When Mina sends both sides of her residence card
      Then nothing of a picture lies in what the portal keeps or wrote down
      And the portal hands out no documents
