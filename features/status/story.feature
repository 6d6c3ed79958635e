Feature: The story of a journey

  Rule: STA-3 what happened, who has the next step, by when, and whether that is late

    Scenario: An open step says who has it and until when
      Given today is 2026-01-23
      And Mina is a customer
      When Mina asks for internet availability
      And Mina sends her residence card
      Then Mina's story of Internet is
        | what                                   | who has it | until      |
        | You asked for internet at your address |            |            |
        | We are checking your address with NTT  | NTT        | 2026-01-27 |
      And Mina's story of her ID is
        | what                      | who has it | until      |
        | You sent your ID          |            |            |
        | We are looking at your ID | SonixNet   | 2026-01-27 |

    Scenario Outline: At <time> on <day>, two business days after Friday
      Given today is 2026-01-23
      And Mina has everything but an answer from NTT
      When it is <time> on <day>
      Then Mina's story says that the check is <how it is>

      Examples:
        | time  | day        | how it is |
        | 23:59 | 2026-01-27 | not late  |
        | 00:00 | 2026-01-28 | late      |

    Scenario: What the customer has to do is theirs
      Given staff have rejected Mina's ID
      Then Mina's story of her ID is
        | what                        | who has it | until |
        | You sent your ID            |            |       |
        | Please send your ID again   | you        |       |

    Scenario: The check is told with the order it led to, and what is open comes first
      Given Mina has everything in order
      And Mina has a VPN running
      When Mina orders Internet
      Then Mina's stories are "internet, vpn, identity"
      And Mina's story tells, in this order
        | what                                   |
        | You asked for internet at your address |
        | Internet is available at your address  |
        | You placed your order                  |
        | We are checking your order             |

    Scenario: In Japanese
      Given Mina has sent her residence card
      Then in Japanese her story ends with "本人確認書類を確認しています"
