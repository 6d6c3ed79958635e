Feature: Being told once

  Rule: NTF-2 the same fact makes one notice, however often it is told

    Scenario: Salesforce tells everything twice
      Given Mina has sent her residence card
      And Salesforce tells everything twice
      When staff verify Mina's ID
      Then Mina got the notice "Your ID is verified" once

    Scenario: Found by looking, and told late as well
      Given Mina has sent her residence card
      And the news of Salesforce are late
      When staff verify Mina's ID
      And 2 minutes pass
      Then Mina got the notice "Your ID is verified" once
      When the late news arrive
      Then Mina got the notice "Your ID is verified" once

    Scenario: Each step of an activation tells of the order again
      Given Mina has ordered a VPN before
      When staff approve the order
      Then Mina's VPN is running
      And Mina got the notice "Your order is approved" once

    Scenario: Told and mailed once, though the portal stops in between
      Given Mina has ordered a VPN before
      When staff approve the order
      And the portal stops and starts again
      And 1 day passes
      Then Mina got the notice "Your service is active" once
      And Mina got a mail "Your service is active" once

    Scenario: The same status another day is another fact
      Given Mina has sent her residence card
      When staff reject Mina's ID, writing "BLURRY"
      And 1 day passes
      And Mina sends a sharper picture
      And staff reject Mina's ID, writing "BLURRY"
      Then Mina got the notice "Please send your ID again" twice
