Feature: When an answer is expected
  One to two days on which offices in Japan work; weekends, public holidays and the year's end are none.

  Rule: ELG-4 status, times, staff's notes, what to do next, and when to expect an answer

    Scenario Outline: Asked on <day> at <time>
      Given it is <time> on <day>
      And Mina is a customer
      When Mina asks for internet availability
      Then she reads that an answer is expected from <earliest> to <latest>

      Examples:
        | day        | time  | earliest   | latest     |
        | 2026-01-21 | 10:00 | 2026-01-22 | 2026-01-23 |
        | 2026-01-23 | 23:59 | 2026-01-26 | 2026-01-27 |
        | 2026-01-24 | 00:00 | 2026-01-26 | 2026-01-27 |
        | 2026-02-10 | 10:00 | 2026-02-12 | 2026-02-13 |
        | 2026-05-01 | 10:00 | 2026-05-07 | 2026-05-08 |
        | 2026-12-28 | 10:00 | 2027-01-04 | 2027-01-05 |
        | 2028-02-28 | 10:00 | 2028-02-29 | 2028-03-01 |

    Scenario Outline: Where of <number> recent answers <quick> took 1 hour, 1 took 5 hours and 2 took 200 hours
      Given of <number> recent answers <quick> took 1 hour, 1 took 5 hours and 2 took 200 hours
      And Mina is a customer
      When Mina asks for internet availability
      Then she reads that an answer is expected within <span>
      When 6 hours pass
      Then Mina got the notice "Your check takes longer than we said" <times>

      Examples:
        | number | quick | span    | times   |
        | 20     | 17    | 5 hours | once    |
        | 19     | 16    | 2 days  | 0 times |

    Scenario Outline: What a customer reads who <standing>
      Given Mina <standing>
      Then she reads of the check "<message>"
      And her next step is "<next step>"

      Examples:
        | standing                          | message                                                                         | next step              |
        | is a customer                     | We have not checked your address yet.                                           | Check availability     |
        | has asked for availability        | We are checking your address with NTT. We expect an answer by 22 January 2026.  | View status            |
        | has everything in order           | You can have internet at your address.                                          | View plans             |
        | was told that no line reaches her | No internet line reaches your address yet.                                      | See what else there is |

    Scenario: When it is late, it says so
      Given Mina has everything but an answer from NTT
      When 5 days pass
      Then she reads of the check "Your check takes longer than we said. We have asked for it to be done first, and tell you the moment it is."
