Feature: The customer's own page

  Background:
    Given Mina is a customer

  Rule: ACC-10 everything about the customer, and changes that both systems hold or neither

    Scenario: What it shows
      Given Mina's check is eligible for "Home 1G"
      Then her profile shows
        | customer number | P1000001                                             |
        | name            | Mina Okafor                                          |
        | email           | mina@example.com                                     |
        | phone           | 81 9012345678                                        |
        | birth date      | 1994-05-06                                           |
        | gender          | female                                               |
        | address         | 110-0001 Tokyo Taito-ku Yanaka 3-1-2 Hill House 201  |
        | eligibility     | eligible                                             |
        | ID              | not_submitted                                        |

    Scenario: Another phone number
      When Mina changes her phone number to "8011112222"
      Then WHMCS holds her phone number as "+81.8011112222"
      And Salesforce holds her phone number as "+81 8011112222"

    Scenario Outline: Shown as being saved until both hold it: <system> is down
      Given <system> is down
      When Mina changes her phone number to "8011112222"
      Then she is told that it is being done
      When <system> answers again
      Then WHMCS holds her phone number as "+81.8011112222"
      And Salesforce holds her phone number as "+81 8011112222"
      And nothing of Mina's is being saved

      Examples:
        | system     |
        | WHMCS      |
        | Salesforce |

    Scenario: While it is being saved, the page says so
      Given WHMCS is down
      When Mina changes her phone number to "8011112222"
      Then her profile says that "8011112222" is being saved

    Scenario Outline: A refusal by <system> leaves both as they were
      Given <system> takes no more changes of Mina's account
      When Mina moves to Koenji
      Then Mina is refused, since "The change was not accepted"
      And Salesforce and WHMCS hold her address in Yanaka

      Examples:
        | system     |
        | WHMCS      |
        | Salesforce |

    Scenario: Consent to marketing is withdrawn in WHMCS too
      When Mina withdraws her consent to marketing
      Then WHMCS holds that Mina wants no marketing
