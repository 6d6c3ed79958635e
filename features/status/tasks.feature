Feature: What a customer can best do next

  Rule: STA-2 the tasks in the customer's words, the most pressing first

    Scenario Outline: Mina <is or has>
      Given Mina <is or has>
      When <what happens>
      Then Mina's tasks are "<tasks>"

      Examples:
        | is or has                             | what happens                          | tasks                                                                             |
        | is a customer                         | 1 second passes                       | See our plans                                                                     |
        | is a customer                         | Mina asks for internet availability   | We are checking your address; nothing to do now                                   |
        | is a customer                         | Mina sends her residence card         | We are looking at your ID; nothing to do now                                      |
        | is a customer                         | Mina saves a checkout with an eSIM    | Add a payment method, Send your residence card, Finish your order                 |
        | has everything in order               | 1 second passes                       | Choose your internet plan                                                         |
        | has everything in order               | Mina saves a checkout with Internet   | Finish your order                                                                 |
        | has everything in order               | Mina orders Internet                  | We are working on your order; nothing to do now                                   |
        | has everything in order               | staff reject Mina's ID, writing "No." | Send your ID again, Choose your internet plan                                     |
        | has everything but an answer from NTT | Mina saves a checkout with Internet   | We are checking your address; nothing to do now                                   |
        | has everything but a payment method   | Mina saves a checkout with a VPN      | Add a payment method, Finish your order                                           |
        | has ordered a VPN before              | Mina removes her payment method in WHMCS | Add a payment method, Choose your internet plan, We are working on your order; nothing to do now |
        | has ordered a VPN before              | staff approve the order               | Pay your invoice, Choose your internet plan                                       |
        | has ordered Internet before           | staff approve the order               | Pay your invoice                                                                  |

    Scenario: All is well
      Given Mina has ordered Internet before
      When staff approve the order
      And Mina pays her invoice in WHMCS
      Then Mina's tasks are "All is well"
      And in Japanese her tasks are "お手続きはありません"

    Scenario: What can't be read is no task
      Given Mina has everything but a payment method
      And Mina has saved a checkout with a VPN
      And WHMCS is down
      When 1 minute passes
      Then Mina's tasks are "Finish your order"
