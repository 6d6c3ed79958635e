Feature: What notices say
  One table holds each notice in both languages, where its button leads, and who mails it.

  Rule: NTF-1 one table for words, button and mail

    Scenario Outline: <notice>
      Given Mina has <before>
      When <what happened>
      Then Mina gets the notice "<notice>"
      And in Japanese it is called "<in Japanese>"
      And its button "<button>" leads to <page>
      And Mina got it by mail from <who mails>

      Examples:
        | before                          | what happened                                               | notice                                    | in Japanese                              | button              | page           | who mails  |
        | everything but an answer from NTT | staff answer that Mina's address is eligible for "Home 1G" | You can have internet at your address     | ご住所でインターネットをご利用いただけます | View plans          | the Internet plans | Salesforce |
        | everything but an answer from NTT | staff answer that Mina's address is not eligible           | No internet line reaches your address yet | ご住所ではまだ回線をご利用いただけません | Contact support     | support        | Salesforce |
        | everything but an answer from NTT | 5 days pass                                                | Your check takes longer than we said      | 確認にお時間をいただいています           | View status         | her account    | nobody     |
        | sent her residence card         | staff verify Mina's ID                                      | Your ID is verified                       | 本人確認が完了しました                   | Continue checkout   | her checkout   | Salesforce |
        | sent her residence card         | staff reject Mina's ID, writing "EXPIRED"                   | Please send your ID again                 | 本人確認書類を再度お送りください         | Resubmit            | her settings   | Salesforce |
        | ordered a VPN before            | staff approve the order                                     | Your order is approved                    | お申し込みが承認されました               | View order          | the order      | the portal |
        | ordered a VPN before            | staff approve the order                                     | Your service is active                    | サービスが開通しました                   | View service        | the service    | the portal |
        | ordered a VPN before            | staff reject the order, writing "No."                       | Your order was cancelled                  | お申し込みが取り消されました             | View order          | the order      | the portal |

    Scenario: A mail is written in the language its customer chose
      Given Aiko chose Japanese when she signed up
      And Aiko has everything in order
      And Aiko has ordered a VPN
      When staff approve the order
      Then Aiko gets a mail "サービスが開通しました"
