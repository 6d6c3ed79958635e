Feature: How far customers come

  Rule: OPS-8 counted without personal data

    Scenario: From a look at the plans to an order
      Given Mina has everything in order
      When somebody looks at the plans
      And Mina saves a checkout with an eSIM
      And Mina goes on to the step "payment"
      And Mina goes on to the step "check"
      And Mina submits her checkout
      Then the figures count
        | what             | of      | times |
        | plan_viewed      | all     | 1     |
        | checkout_started |         | 1     |
        | step_done        | cart    | 1     |
        | step_done        | payment | 1     |
        | order_placed     | sim     | 1     |

    Scenario: How long it took to the first order, once for a customer
      Given Mina has everything in order
      And 2 hours have passed
      When Mina orders a VPN
      And Mina orders an eSIM
      Then the figures count 1 first order within 6 hours of signing up, none of them within 1 hour

    Scenario: Errors are counted by what they were
      Given Mina has everything but a payment method
      When Mina orders a VPN
      Then the figures count
        | what         | of                     | times |
        | submit_error | payment_method_missing | 1     |
        | order_placed | vpn                    | 0     |
