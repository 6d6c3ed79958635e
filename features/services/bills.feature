Feature: Bills and payment methods

  Background:
    Given Mina has everything in order

  Rule: SRV-2 invoices in detail, payment methods as four digits

    Scenario: The first bill of a service
      Given Mina has Internet running
      Then Mina sees 1 invoice over ¥28,300, unpaid
      And its lines are
        | line                       | amount |
        | Internet Home 1G Silver    | 5,500  |
        | Installation, paid at once | 22,800 |

    Scenario: Paying
      Given Mina has a VPN running
      When Mina pays her invoice in WHMCS
      Then Mina sees 1 invoice over ¥2,500, paid

    Scenario: Drafts are nobody's business yet
      Given staff have drafted an invoice over ¥9,900 for Mina
      Then Mina sees no invoices

    Scenario: Somebody else's invoice does not exist
      Given Mina has a VPN running
      And Tomás is a customer
      When Tomás looks at Mina's invoice
      Then Tomás finds nothing

    Scenario Outline: A card that ends <when>
      Given Tomás has everything but a payment method
      And Tomás has added a card "1881" that ends in <month>
      Then Tomás's payment methods are 1, the first "1881", <soon>

      Examples:
        | when       | month   | soon            |
        | this month | 2026-01 | ending soon     |
        | some day   | 2026-03 | not ending soon |

  Rule: SRV-3 links into WHMCS are made on click, for certain pages, once

    Scenario: A link to pay an invoice
      Given Mina has a VPN running
      And the portal writes down everything it does
      When Mina asks for the way to her invoice
      Then Mina gets a link into WHMCS
      And the link is kept nowhere
      And the link opens the invoice

    Scenario: A link works once
      When Mina asks for the way to her payment methods
      Then the link opens the payment methods
      And the link opens nothing any more

    Scenario: Another page of WHMCS is not offered
      When Mina asks for the way to WHMCS's "admin" page
      Then Mina is refused, since "The request can't be read"
