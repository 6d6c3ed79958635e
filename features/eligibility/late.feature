Feature: A check that is late

  Background:
    Given today is 2026-01-21
    And Mina has asked for availability

  Rule: ELG-11 listed for staff, made urgent once, counted, and told to the customer once

    Scenario: On the last day of the two it is not
      When it is 23:59 on 2026-01-23
      Then Mina got the notice "Your check takes longer than we said" 0 times
      And staff's late checks count 0
      And staff have 1 availability check to do, showing
        | customer    | priority |
        | Mina Okafor | Medium   |

    Scenario: The morning after it is
      When it is 09:00 on 2026-01-24
      Then Mina got the notice "Your check takes longer than we said" once
      And staff's late checks count 1
      And staff have 1 availability check to do, showing
        | customer    | priority |
        | Mina Okafor | High     |

    Scenario: Day after day it is said and raised once
      When it is 09:00 on 2026-01-24
      And 5 days pass, one by one
      Then Mina got the notice "Your check takes longer than we said" once
      And the case's priority was raised once

    Scenario: Answered, it is no longer late
      When it is 09:00 on 2026-01-24
      And staff answer that Mina's address is eligible for "Home 1G"
      And 2 minutes pass
      Then staff's late checks count 0
