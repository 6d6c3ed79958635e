Feature: What a cart costs

  Rule: CAT-8 the server alone prices a cart

    Scenario Outline: <cart>
      When somebody prices <cart>
      Then it costs <monthly> a month and <once> once

      Examples:
        | cart                     | monthly | once    |
        | Internet                 | ¥5,500  | ¥22,800 |
        | an eSIM                  | ¥1,480  | ¥1,500  |
        | a VPN                    | ¥2,500  | ¥0      |
        | Internet and an eSIM     | ¥6,980  | ¥24,300 |
        | an eSIM and a SIM card   | ¥2,960  | ¥3,000  |

    Scenario Outline: Internet with <extras>
      When somebody prices Internet Home 1G Silver with <extras>
      Then it costs <monthly> a month and <once> once

      Examples:
        | extras                                                  | monthly | once    |
        | installation paid at once                               | ¥5,500  | ¥22,800 |
        | installation in 12 instalments                          | ¥7,400  | ¥0      |
        | installation in 24 instalments, home phone              | ¥7,000  | ¥0      |
        | installation paid at once, home phone, router rental    | ¥6,380  | ¥22,800 |

    Scenario Outline: The first bill of a VPN that starts on <day>
      Given today is <day>
      When somebody prices a VPN
      Then the first bill is ¥2,500 for <day> to <last day>

      Examples:
        | day        | last day   |
        | 2026-01-20 | 2026-02-19 |
        | 2026-01-31 | 2026-02-27 |
        | 2026-02-28 | 2026-03-27 |
        | 2027-12-31 | 2028-01-30 |
        | 2028-01-31 | 2028-02-28 |

    Scenario: The line that a SIM brings by itself
      When somebody prices an eSIM
      Then its lines are "SIM 5GB Data, SMS and calls, SIM activation fee"
      And they read that prices include tax
