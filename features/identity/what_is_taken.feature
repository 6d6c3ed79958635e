Feature: What can be sent as a residence card

  Rule: IDV-1 told by content, ten megabytes, readable, harmless, and nothing hidden

    Scenario: PDF, PNG, JPEG and the HEIC of phones, whatever the file is called
      Given Mina is a customer
      When Mina sends these, each is taken
        | file                           | called        |
        | a PDF                          | card.pdf      |
        | a PDF of 20 pages              | pages.pdf     |
        | a PNG                          | really.pdf    |
        | a PNG of exactly ten megabytes | large.png     |
        | a JPEG                         | card.jpeg     |
        | a HEIC photo                   | IMG_0042.HEIC |
      Then Mina's ID is submitted

    Scenario: Everything else is refused with the reason, and nothing has changed
      Given Mina is a customer
      When Mina sends these, each is refused with the reason
        | file                             | called | reason                                |
        | an empty file                    | a.png  | The file is empty.                    |
        | a PNG of one byte more than that | b.png  | The file is too large.                |
        | a program                        | c.png  | This is no PDF, PNG, JPEG or HEIC.    |
        | a GIF                            | d.gif  | This is no PDF, PNG, JPEG or HEIC.    |
        | a PNG that is cut off            | e.png  | The file is damaged or cut off.       |
        | a PDF that is cut off            | f.pdf  | The file is damaged or cut off.       |
        | a PDF of 21 pages                | g.pdf  | The document has too many pages.      |
        | a PNG of 51 million pixels       | h.png  | The picture is too large.             |
        | a PDF with a script              | i.pdf  | The PDF holds scripts or attachments. |
        | a PDF with an attachment         | j.pdf  | The PDF holds scripts or attachments. |
        | a PDF with a password            | k.pdf  | The PDF is protected by a password.   |
      Then Mina's ID is not submitted
      And Salesforce holds no document of Mina's

    Scenario: Both sides are looked at before either is handed on
      Given Mina is a customer
      When Mina sends a JPEG with an empty file as its back
      Then the back is refused, since "The file is empty."
      And Salesforce holds no document of Mina's

    Scenario: Nothing that hides in a picture is handed on
      Given Mina is a customer
      When Mina sends a PNG
      And Mina sends a PNG that hides where it was taken
      Then both are the very same document in Salesforce

    Scenario: Only so often
      Given the portal keeps its own limits
      And Mina is a customer
      When Mina sends her residence card 11 times
      Then Mina is asked to try again later
