Feature: Asking support

  Background:
    Given Mina is a customer
    And Tomás is a customer

  Rule: SUP-2 customers list, open and comment on their own cases, never on internal ones

    Scenario: A question, an answer, and thanks
      When Mina asks support about "Slow line", writing "The line is slow since Monday."
      Then Salesforce holds 1 case "Slow line"
      When staff answer on Mina's case "We have reset it."
      And Mina adds to her case "It is fine again, thank you."
      Then Mina reads on her case
        | who   | what                         |
        | staff | We have reset it.            |
        | Mina  | It is fine again, thank you. |
      And Salesforce holds 2 remarks on the case

    Scenario: What staff say among themselves stays there
      Given Mina has asked support about "Slow line", writing "The line is slow since Monday."
      When staff remark inside Mina's case "Wrong splitter, see ticket 7."
      Then Mina reads nothing on her case

    Scenario: Staff work on it and close it
      Given Mina has asked support about "Slow line", writing "The line is slow since Monday."
      When staff take up Mina's case
      Then Mina sees her case as working
      When staff close Mina's case
      Then Mina sees her case as closed

    Scenario: The latest first
      Given Mina has asked support about "First", writing "The first of my questions."
      And Mina has asked support about "Second", writing "The second of my questions."
      Then Mina's support cases are "Second, First"
      And Tomás has no support cases

    Scenario Outline: Somebody else's, and SonixNet's own, do not exist
      Given Tomás has asked support about "Slow line", writing "The line is slow since Monday."
      And Mina has asked for availability
      When Mina <deed>
      Then Mina finds nothing
      And Salesforce holds no remarks on the case

      Examples:
        | deed                                            |
        | reads Tomás's case                              |
        | comments on Tomás's case                        |
        | reads the case of her availability check        |
        | comments on the case of her availability check  |

    Scenario: A question of nine characters is too short
      When Mina asks support about "Help", writing "Help! Now"
      Then Mina is asked to correct the message: "This is too short."
      And Mina has no support cases
