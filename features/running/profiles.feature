Feature: What the portal runs against

  Rule: OPS-1 three profiles, and any mix by port

    Scenario: Offline needs nothing
      When an operator starts the portal with no settings
      Then the portal starts

    Scenario Outline: <what> is refused before anything is opened
      When an operator starts the portal with <setting>
      Then the portal does not start, saying "<why>"

      Examples:
        | what                                 | setting                                            | why                                            |
        | A profile that is none               | profile "staging"                                  | profile                                        |
        | A fake in production                 | profile "production", ports.mailer "fake"          | production refuses anything but the real system |
        | Production without TLS               | profile "production"                               | production needs https                         |
        | A real system that nobody named      | ports.catalog_shelf "real"                         | salesforce.client_id is not set                |
        | A port that there is not             | ports.telephone "fake"                             | there is no such port                          |

    Scenario: The sandbox is for this machine alone
      When an operator starts the portal with host "0.0.0.0"
      Then the portal does not start, saying "it may only listen on 127.0.0.1"
