"""What is looked up in other systems before it is made there, and what is written only from the state expected."""

from typing import Final

from tests.guards.guard import Guard, Kind, guard


def _made_once(name: str, keeps: str, file: str, right: str, wrong: str, noticed_by: str) -> Guard:
    return guard(Kind.LOOK, name, keeps, f"adapters/fakes/{file}.py", right, wrong, f"tests/contracts/{noticed_by}")


def _crm(desk: str, name: str, keeps: str, right: str, wrong: str, noticed_by: str, case: str = "fake") -> Guard:
    tests = f"test_salesforce_{desk}.py::{noticed_by}[{case}]"
    return _made_once(name, keeps, f"salesforce/{desk}", right, wrong, tests)


def _from(desk: str, name: str, keeps: str, right: str, wrong: str, noticed_by: str) -> Guard:
    file, test = f"adapters/fakes/salesforce/{desk}.py", f"tests/contracts/test_salesforce_{desk}.py::{noticed_by}"
    return guard(Kind.COMPARE, name, keeps, file, right, wrong, f"{test}[fake]")


_LOOK_UPS: Final = (
    _crm(
        "customer_registry",
        "an account is looked up by its key",
        "T-1, ACC-2",
        'account = records.one("account", key=key) or self._new_account(key, customer)',
        "account = self._new_account(key, customer)",
        "test_the_same_key_finds_what_it_made",
    ),
    _crm(
        "customer_registry",
        "a contact is looked up by its key",
        "T-1, ACC-2",
        'contact = records.one("contact", key=key) or self._new_contact(key, customer, account)',
        "contact = self._new_contact(key, customer, account)",
        "test_the_same_key_finds_what_it_made",
    ),
    _crm(
        "eligibility_desk",
        "a check is looked up by its key",
        "T-1, ELG-2",
        'made = records.one("case", key=check.key)',
        "made = None",
        "test_the_same_key_opens_one_check_and_sets_nothing_back",
    ),
    _crm(
        "order_book",
        "an order is looked up by its key",
        "T-1, ORD-5",
        'made = records.one("order", key=draft.key)',
        "made = None",
        "test_the_same_key_places_one_order",
    ),
    _crm(
        "opportunities",
        "a sale is looked up by its key",
        "T-1, OPP-2",
        'OpportunityId(made["id"] if made else new_opportunity(records, opportunity))',
        "OpportunityId(new_opportunity(records, opportunity))",
        "test_the_same_key_makes_one",
    ),
    _crm(
        "opportunities",
        "a cancellation is looked up by its case's key",
        "T-1, CAN-2",
        'made = records.one("case", key=case.key)',
        "made = None",
        "test_cancelling_writes_the_fields_and_opens_the_case",
        "fake-True",
    ),
    _crm(
        "support_desk",
        "a lead is looked up by its mark",
        "T-1, SUP-1",
        '            if made is not None:\n                return LeadId(made["id"])\n',
        "",
        "test_a_message_becomes_one_lead",
    ),
    _crm(
        "support_desk",
        "a comment is looked up by its mark",
        "T-1, SUP-2",
        'if not any(is_marked(comment["body"], key) for comment in records.find("case_comment", case=row["id"])):',
        "if True:",
        "test_once_whatever_the_answer",
        "fake-timeout_after-ensure_comment",
    ),
    _crm(
        "identity_desk",
        "a document is looked up by its content",
        "T-1, IDV-2",
        'if is_current or version["reference"] == reference:',
        "if False:",
        "test_the_same_content_is_stored_once",
    ),
    _made_once(
        "a client is looked up by its address",
        "T-1, ACC-3",
        "whmcs/client_book",
        "return _found(whmcs, email=client.email)",
        "return None",
        "test_billing_clients.py::test_the_same_number_and_address_find_the_client[fake]",
    ),
    _made_once(
        "a client is adopted with our number alone",
        "ACC-3",
        "whmcs/client_book",
        'if known["customer_number"] != client.number or known["status"] == "Closed":',
        "if False:",
        "test_billing_clients.py::test_an_address_of_somebody_else_is_a_conflict[fake]",
    ),
    _made_once(
        "an order in billing is looked up by its mark",
        "T-1, FUL-2",
        "whmcs/provisioner",
        "billed = _the_one(whmcs, order.client, order.mark) if was_seen else None",
        "billed = None",
        "test_billing_provisioner.py::test_asking_again_finds_the_order[fake]",
    ),
    _made_once(
        "of two orders in billing the younger pending one goes",
        "FUL-2",
        "whmcs/provisioner",
        '        if order["status"] == "Pending":\n            _drop(whmcs, order)\n    return _billed',
        "        pass\n    return _billed",
        "test_billing_provisioner.py::test_a_younger_pending_duplicate_is_removed[fake]",
    ),
    _made_once(
        "an order that was accepted already is accepted",
        "T-3, FUL-2",
        "whmcs/provisioner",
        '                if row["status"] != "Active":\n                    raise\n',
        "                raise\n",
        "test_billing_provisioner.py::test_a_lost_answer_to_accepting_leaves_it_accepted[fake]",
    ),
    _made_once(
        "an eSIM is looked up by its order's key",
        "T-1, FUL-3",
        "esim_profiles",
        'made = world.records.one("esim", key=order.key)',
        "made = None",
        "test_partners_esim.py::test_the_same_key_is_the_same_profile[fake]",
    ),
    _made_once(
        "an eSIM issued anew is looked up by its key",
        "T-1, SRV-4",
        "esim_profiles",
        'made = world.records.one("esim", key=key)',
        "made = None",
        "test_partners_esim.py::test_a_reissued_profile_replaces_the_old_one_once[fake]",
    ),
    _made_once(
        "a top-up is looked up by its key",
        "T-1, SRV-4",
        "esim_profiles",
        'made = records.one("top_up", key=key)',
        "made = None",
        "test_partners_esim.py::test_data_is_added_once_and_moves_along[fake]",
    ),
    _made_once(
        "a mail is looked up by its key",
        "T-1, NTF-1",
        "mailbox",
        'if self.world.records.one("mail", key=mail.key) is not None:',
        "if False:",
        "test_partners_mail.py::test_the_same_key_is_one_mail[fake]",
    ),
)
_STATES: Final = (
    _from(
        "opportunities",
        "a sale moves from where it was",
        "OPP-1",
        'if row["stage"] == expected:',
        "if True:",
        "test_it_moves_only_from_where_it_was_expected",
    ),
    _from(
        "opportunities",
        "what runs alone is cancelled",
        "CAN-2",
        'if record(records, "opportunity", opportunity)["stage"] != Stage.ACTIVE:',
        "if False:",
        "test_only_a_running_service_is_cancelled",
    ),
    _from(
        "opportunities",
        "what is over is not undone",
        "CAN-7",
        '            if row["stage"] != Stage.CANCELLING:\n                return\n',
        "",
        "test_what_is_over_is_not_undone",
    ),
    _from(
        "order_book",
        "an activation moves from where it was",
        "FUL-4",
        'if (row["activation"] or ActivationStatus.NOT_STARTED) == expected:',
        "if True:",
        "test_an_activation_moves_from_where_it_was_expected",
    ),
    _from(
        "order_book",
        "an order that was approved is not withdrawn",
        "ORD-10",
        'if row["status"] == expected:',
        "if True:",
        "test_what_staff_approved_meanwhile_is_not_withdrawn",
    ),
    _from(
        "order_book",
        "an order that was cancelled is not completed",
        "FUL-2, FUL-4",
        '            if row["status"] != OrderStatus.APPROVED:\n                return self._order(row)\n',
        "",
        "test_what_staff_cancelled_meanwhile_is_not_completed",
    ),
    _from(
        "order_book",
        "a sale takes one order",
        "OPP-3",
        "if opportunity_of(records, row).has_order:",
        "if False:",
        "test_an_opportunity_with_an_order_takes_no_other_though_staff_moved_it_back",
    ),
    _from(
        "identity_desk",
        "a review that came after the upload stays",
        "IDV-2",
        " and (later is None or later <= at):",
        ":",
        "test_a_review_after_the_upload_stays",
    ),
    _from(
        "identity_desk",
        "a verified account stays so",
        "IDV-2",
        'if row["id_status"] != IdStatus.VERIFIED and (',
        "if (",
        "test_a_verified_account_stays_so",
    ),
    _from(
        "eligibility_desk",
        "staff's answer stays where a checker comes late",
        "ELG-8",
        "            if _is_answered(records, row):\n                return\n            values",
        "            values",
        "test_staffs_answer_stays_when_a_checker_comes_late",
    ),
    _from(
        "customer_registry",
        "an account is linked to one client",
        "ACC-4",
        'if row["client"] not in (None, link.client):',
        "if False:",
        "test_linking_writes_the_three_fields_once",
    ),
    _from(
        "customer_registry",
        "what staff closed is not opened by a link",
        "ACC-8",
        "{name: value for name, value in wanted.items() if row[name] is None}",
        "wanted",
        "test_linking_again_does_not_open_what_staff_closed",
    ),
    _from(
        "customer_registry",
        "the last log-in never goes back",
        "ACC-8",
        'if row["last_sign_in"] is None or row["last_sign_in"] < at:',
        "if True:",
        "test_the_last_sign_in_never_goes_back",
    ),
)
UPSTREAM: Final = (*_LOOK_UPS, *_STATES)
