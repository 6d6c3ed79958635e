Feature: Passwords

  Rule: ACC-7 twelve to 128 characters, the whole of them, and none that everybody chooses

    Scenario Outline: <which>
      When Priya signs up with a password of <length> characters
      Then the form says of the password: "<what>"

      Examples:
        | which     | length | what               |
        | Too short | 11     | This is too short. |
        | Just long enough | 12 | nothing         |
        | Just short enough | 128 | nothing       |
        | Too long  | 129    | This is too long.  |

    Scenario Outline: "<password>"
      When Priya signs up, choosing the password "<password>"
      Then the form says of the password: "<what>"

      Examples:
        | password             | what                                |
        | password1234         | This password is too easy to guess. |
        | PASSWORD1234         | This password is too easy to guess. |
        | abcabcabcabc         | This password is too easy to guess. |
        | qwertyuiop12         | This password is too easy to guess. |
        | only small letters   | nothing                             |
        | とても静かな朝の谷中を歩く | nothing                        |

    Scenario: The last character counts too
      Given Priya has signed up with a password of 128 characters
      When Priya logs in with all of it but the last character
      Then Priya is refused, since "Log-in failed"

    Scenario: A password is the same in whatever way a keyboard composes it
      Given Priya has signed up with the password "Ｃａｆé ｄｕ ｍａｔｉｎ"
      When Priya logs in with the password "Café du matin"
      Then she is logged in
