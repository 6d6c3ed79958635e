Feature: Being told once

  Rule: NTF-2 the same fact makes one notice, however often it is told

    Scenario: Salesforce tells everything twice
      Given Mina has sent her residence card
      And Salesforce tells everything twice
      When staff verify Mina's ID
      Then Mina got the notice "Your ID is verified" once

    Scenario: The news of yesterday comes again, and is found by looking as well
      Given Mina has everything but an answer from NTT
      And Salesforce's news are lost
      When staff answer that Mina's address is eligible for "Home 1G"
      And 2 minutes pass
      And Salesforce answers again
      And staff note on Mina's account that she called
      Then Mina got the notice "You can have internet at your address" once

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

    Scenario: What staff write twice without changing it is one fact
      Given Mina has sent her residence card
      When staff verify Mina's ID
      And staff note on Mina's account that she called
      Then Mina got the notice "Your ID is verified" once
