Feature: What the systems disagree on

  Rule: OPS-5 each night every difference is listed with a safe repair

    Scenario: Nothing to list
      Given Mina has everything in order
      And Mina has a VPN running
      When the night passes
      Then operators read of 0 disagreements

    Scenario: A service that ended while its opportunity is active
      Given Mina has everything in order
      And Mina has a VPN running
      When staff end the VPN in WHMCS
      And the night passes
      Then operators read of 1 disagreement, showing
        | disagreement      | repair  |
        | ended_but_active  | by_hand |

    Scenario: A service that runs on though its opportunity is cancelled
      Given Mina has everything in order
      And Mina has Internet running
      And Mina has cancelled Internet with the end of 2026-01
      When staff move Mina's Internet opportunity to 〇Cancelled
      And the night passes
      Then operators read of 1 disagreement, showing
        | disagreement          | repair  |
        | cancelled_but_running | by_hand |

    Scenario: An account whose link was lost
      Given Mina is a customer
      And Tomás is a customer
      When staff link Mina's account to Tomás's client by mistake
      And the night passes
      Then operators read of 2 disagreements, showing
        | disagreement  | repair  |
        | link_differs  | by_hand |
        | orphan_client | by_hand |

    Scenario: A service that staff set up by hand
      Given Mina is a customer
      And staff have added the service "Fibre of old" for Mina in WHMCS
      When the night passes
      Then operators read of 1 disagreement, showing
        | disagreement         | repair  |
        | service_without_sale | by_hand |

    Scenario: A client that no account belongs to
      Given staff have added a client with the number "P1999999" in WHMCS
      When the night passes
      Then operators read of 1 disagreement, showing
        | disagreement  | repair  |
        | orphan_client | by_hand |
