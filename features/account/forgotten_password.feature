Feature: The link that sets a new password

  Background:
    Given Mina is a customer

  Rule: ACC-9 mailed, for one use, for half an hour, to the portal's own address

    Scenario Outline: <when>
      When Mina asks for a new password
      And <span> pass
      And she opens the link and chooses another password
      Then she is <what>

      Examples:
        | when         | span       | what                                           |
        | In time      | 29 minutes | not refused                                    |
        | Too late     | 31 minutes | refused, since "Code or link no longer works"  |

    Scenario: The link works once
      When Mina asks for a new password
      And she opens the link and chooses another password
      And she opens the link and chooses another password
      Then Mina is refused, since "Code or link no longer works"

    Scenario: Nobody learns whether there is an account
      When Mina asks for a new password
      And somebody asks for a new password for an address nobody has
      Then both are answered alike

    Scenario Outline: The link leads to the portal, whatever name stands in <where>
      When somebody asks for a new password of Mina's with "evil.example" in <where>
      Then the link in Mina's mail leads to the portal

      Examples:
        | where                  |
        | the host               |
        | what a proxy forwarded |
        | the page's origin      |
