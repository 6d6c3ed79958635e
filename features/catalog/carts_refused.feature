Feature: What can't stand in a cart

  Rule: CAT-8 each SKU that can't stand in a cart is named

    Scenario Outline: <what>
      When somebody prices the plan "<plan>" with "<extras>"
      Then the cart is refused, naming "<named>", because "<why>"

      Examples:
        | what                          | plan                       | extras                                           | named                | why                                                      |
        | A SKU that there is not       | INTERNET-MOON              | INTERNET-INSTALL-SINGLE                          | the plan      | There is no product INTERNET-MOON.                       |
        | A plan that is not shown      | INTERNET-HOME-1G-CLASSIC   | INTERNET-INSTALL-SINGLE                          | the plan      | There is no product INTERNET-HOME-1G-CLASSIC.            |
        | A plan that is not yet sold   | SIM-DATA-VOICE-100GB       |                                                  | the plan      | SIM-DATA-VOICE-100GB can't be ordered now.               |
        | An add-on instead of a plan   | INTERNET-ADDON-HOME-PHONE  | INTERNET-INSTALL-SINGLE                          | the plan      | INTERNET-ADDON-HOME-PHONE is not a plan.                 |
        | A plan as an add-on           | INTERNET-HOME-1G-SILVER    | INTERNET-INSTALL-SINGLE, VPN-LONDON              | the second add-on | VPN-LONDON can't be added to a plan.                     |
        | An add-on of another type     | VPN-LONDON                 | INTERNET-ADDON-HOME-PHONE                        | the first add-on | INTERNET-ADDON-HOME-PHONE does not go with this plan.    |
        | The same add-on twice         | INTERNET-HOME-1G-SILVER    | INTERNET-INSTALL-SINGLE, INTERNET-ADDON-HOME-PHONE, INTERNET-ADDON-HOME-PHONE | the third add-on | INTERNET-ADDON-HOME-PHONE is in there twice. |
        | No installation               | INTERNET-HOME-1G-SILVER    |                                                  | the add-ons    | Choose exactly one way of installation.                  |
        | Two installations             | INTERNET-HOME-1G-SILVER    | INTERNET-INSTALL-SINGLE, INTERNET-INSTALL-12     | the add-ons    | Choose exactly one way of installation.                  |
        | The fee, which a SIM brings   | SIM-DATA-VOICE-5GB         | SIM-ACTIVATION-FEE                               | the first add-on | SIM-ACTIVATION-FEE can't be added to a plan.             |

    Scenario: A SIM that does not say how it comes
      When somebody prices a SIM without saying how it comes
      Then the cart is refused, naming "the SIM", because "Please fill this in."

    Scenario Outline: A cart of <number> VPNs
      When somebody prices a cart of <number> VPNs
      Then <what>

      Examples:
        | number | what                                                                        |
        | 5      | it costs ¥12,500 a month and ¥0 once                                         |
        | 6      | the cart is refused, naming "the services", because "At most 5 services at once."        |
        | 0      | the cart is refused, naming "the services", because "The cart is empty."                 |
