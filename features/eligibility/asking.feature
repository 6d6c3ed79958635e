Feature: Asking whether an address can have internet

  Background:
    Given Mina is a customer

  Rule: ELG-1 one opportunity, one case for staff, and Pending: all of it

    Scenario: With the address on file
      When Mina asks for internet availability for Internet Home 1G Silver, noting "The bell says Okafor."
      Then her eligibility is pending
      And Salesforce holds one case "Internet availability check request (Portal)" of hers
      And that case tells staff of "Yanaka 3-1-2", "INTERNET-HOME-1G-SILVER" and "The bell says Okafor."
      And that case belongs to her Internet opportunity at Introduction
      And Salesforce holds that she asked today

    Scenario: Without an address
      Given Tomás has only signed up
      When Tomás asks for internet availability
      Then Tomás is refused, since "We need your address"
      And staff have no availability checks to do

    Scenario: For a plan that there is not
      When Mina asks for internet availability for VPN London, noting ""
      Then Mina is refused, since "Some details need correcting"
      And staff have no availability checks to do

    Scenario Outline: Though Salesforce <how>
      Given Salesforce <how>
      When Mina asks for internet availability
      Then her eligibility is pending
      And Salesforce holds one case "Internet availability check request (Portal)" of hers
      And that case belongs to her Internet opportunity at Introduction

      Examples:
        | how                                     |
        | fails 3 times before it opens the check |
        | answers too late, but opens the check   |

  Rule: ELG-3 what changes something is limited, and what changes nothing is not

    Scenario: Three changes an hour
      Given the usual limits hold
      When Mina asks for internet availability at Yanaka
      And Mina asks for internet availability at Koenji
      And Mina asks for internet availability at Umeda
      And Mina asks for internet availability 20 times
      Then she is not refused
      When Mina asks for internet availability at Jingumae
      Then she is asked to wait
      When 61 minutes pass
      And Mina asks for internet availability at Jingumae
      Then she is not refused
