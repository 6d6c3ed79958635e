Feature: Bringing along the customers of a former portal

  Rule: OPS-7 users, links and residence cards come along, first without doing it, and each once

    Scenario: What would come is told, and nothing is written
      Given a former portal's export with Mina, her residence card and Tomás
      When an operator looks at what the import would do
      Then the operator reads of 2 users and 1 document that are imported
      And Mina can't log in

    Scenario: Customers log in as they did, and staff have their cards
      Given a former portal's export with Mina, her residence card and Tomás
      When an operator imports it
      Then the operator reads of 2 users and 1 document that are imported
      And Mina can log in
      And Mina's ID is submitted
      And Tomás can log in

    Scenario: What was done is not done again
      Given a former portal's export with Mina, her residence card and Tomás
      And an operator has imported it
      When an operator imports it
      Then the operator reads of 2 users and 1 document that are there
      And Mina can log in
      And Salesforce holds 1 version of Mina's document

    Scenario: A line that can't be taken is named, and the others come
      Given a former portal's export with Mina, her residence card and Tomás
      And Mina's password in it is kept in another way than argon2id
      When an operator imports it
      Then the operator reads that line 1 of the users is refused for its "passwordHash"
      And Mina can't log in
      And Tomás can log in

    Scenario: An import that is broken off goes on where it stopped
      Given a former portal's export with Mina, her residence card and Tomás
      And Salesforce does not answer
      When an operator imports it
      Then the operator reads that it goes on when it is run again
      When Salesforce answers again
      And an operator imports it
      Then the operator reads of 2 users and 1 document that are imported
