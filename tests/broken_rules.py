"""For each rule, ways to break the line of the core that keeps it: what stands there, and what would be wrong.

Each must make a scenario that cites the rule fail (`python -m tests.rules_mutation`). Citing is not proving.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tests.mutants import Break


def _domain(name: str, right: str, wrong: str) -> Break:
    return Break(f"core/domain/{name}.py", right, wrong)


def _use_case(name: str, right: str, wrong: str) -> Break:
    return Break(f"core/usecases/{name}.py", right, wrong)


_CATALOG: Final = {
    "CAT-1": [_domain("catalog", "key=lambda item: (item.display_order, item.sku)", "key=lambda item: item.name")],
    "CAT-2": [
        _use_case("catalog/read_catalog", "if session is None and not await", "if session is None or not await"),
        _domain("catalog", "offerings = offerings_of(value) if closed is None else None", "offerings = None"),
    ],
    "CAT-3": [
        _domain("catalog", '"Mansion 1G": frozenset({"Apartment 1G"})', '"Mansion 1G": frozenset({"Home 1G"})'),
        _domain("catalog", 'frozenset({"Home 10G", "Home 1G"})', 'frozenset({"Home 10G"})'),
    ],
    "CAT-4": [
        _domain("catalog", "orderable=item.orderable and why is None", "orderable=item.orderable"),
        _use_case("catalog/read_personal_catalog", "return WhyNot.CHECK_OPEN", "return WhyNot.CHECK_NEEDED"),
        _use_case(
            "catalog/read_personal_catalog",
            "refused = eligibility.status is EligibilityStatus.INELIGIBLE and eligibility.is_for(address)",
            "refused = False",
        ),
    ],
    "CAT-5": [
        _domain("catalog", "for i in items if has_active_sim or not i.family", "for i in items"),
        _domain("catalog", "for item in items if not item.family", "for item in items"),
        _domain(
            "billing",
            "s.product_type is ProductType.SIM and s.status is ServiceStatus.ACTIVE",
            "s.product_type is ProductType.SIM",
        ),
    ],
    "CAT-6": [
        _domain("billing", '("internet", "sonixnet via ntt optical fiber")', '("internet",)'),
        _domain(
            "billing",
            "LIVE: Final = frozenset({ServiceStatus.ACTIVE, ServiceStatus.PENDING, ServiceStatus.SUSPENDED})",
            "LIVE: Final = frozenset({ServiceStatus.ACTIVE})",
        ),
    ],
    "CAT-7": [_use_case("catalog/learn_catalog", 'await steps.do("forget", None, self.caches.drop_catalog)', "return")],
    "CAT-8": [
        _domain("cart", "MOST_SERVICES: Final = 5", "MOST_SERVICES: Final = 6"),
        _domain("cart", "len(installations) != 1", "len(installations) > 1"),
        _domain("cart", "items += itertools.islice(fees, 1)", "pass"),
        _domain("cart", "_month_later(today) - timedelta(days=1)", "_month_later(today)"),
        _domain("cart", "item.product_type is not plan.product_type", "item.product_type is plan.product_type"),
    ],
}
_ACCOUNTS: Final = {
    "ACC-1": [
        _use_case(
            "account/confirm_sign_up",
            "!= sign_up.code:\n            return False",
            "!= sign_up.code:\n            return True",
        ),
        _use_case(
            "account/confirm_sign_up",
            "sign_up.code is None or sign_up.token is None or now >= sign_up.expires_at",
            "sign_up.code is None or sign_up.token is None",
        ),
        _use_case("account/confirm_sign_up", ">= self.policy.code_attempts", ">= self.policy.code_attempts + 5"),
        _use_case(
            "account/send_sign_up_mail",
            "return _Choice(Letter.ALREADY_CUSTOMER)",
            "return _Choice(Letter.SIGN_UP_CODE)",
        ),
    ],
    "ACC-2": [
        _domain("ids", "FIRST_CUSTOMER_NUMBER: Final = 1_000_001", "FIRST_CUSTOMER_NUMBER: Final = 1_000_002"),
        _use_case("account/complete_sign_up", "max(highest, FIRST_CUSTOMER_NUMBER - 1)", "FIRST_CUSTOMER_NUMBER - 1"),
        _use_case(
            "account/complete_sign_up",
            'if error.code != "DUPLICATE_VALUE" or "number" not in error.fields:',
            "if True:",
        ),
    ],
    "ACC-3": [
        _use_case(
            "account/complete_sign_up",
            "link = self._link if legacy is None else partial(self._link_of_old, ahead)",
            "link = self._link",
        ),
        _use_case(
            "account/send_sign_up_mail",
            "if held is not None and canonical_email(held) == sign_up.canonical:",
            "if held is not None:",
        ),
        _use_case("account/send_sign_up_mail", "to_held=held is not None", "to_held=False"),
        _use_case("account/complete_sign_up", "if client is None:", "if True:"),
    ],
    "ACC-4": [
        _use_case(
            "account/complete_sign_up", 'await steps.do("tell", None, lambda: self._tell_delayed(data.sign_up))', "pass"
        ),
        _domain(
            "policy", "parked_after: timedelta = timedelta(hours=24)", "parked_after: timedelta = timedelta(hours=22)"
        ),
        _use_case("account/adopt_orphan", 'await steps.do("letter", None, lambda: self._letter(user))', "pass"),
    ],
    "ACC-5": [
        _domain("session", 'unicodedata.normalize("NFKC", email).strip().casefold()', "email.strip()"),
        _use_case(
            "account/complete_sign_up", "profile = await self.registry.find_by_email(sign_up.email)", "profile = None"
        ),
    ],
    "ACC-6": [
        _domain(
            "account", 'return f"+{self.country_code}.{self.number}"', 'return f"+{self.country_code}{self.number}"'
        ),
        _domain("account", "if tidied.prefecture and not is_prefecture(tidied.prefecture):", "if False:"),
        _domain("sign_up", "if form.terms_version != policy.terms_version:", "if not form.terms_version:"),
    ],
    "ACC-7": [
        _domain("password", "if len(text) < SHORTEST:", "if len(text) < SHORTEST - 1:"),
        _domain("password", "if len(text) > LONGEST:", "if len(text) > LONGEST + 1:"),
        _domain("password", "return text in COMMON or", "return False and"),
        _domain("password", 'return unicodedata.normalize("NFKC", password)', "return password"),
    ],
    "ACC-8": [
        _use_case(
            "account/log_in",
            "if user is None or not right or user.state is not UserState.ACTIVE:",
            "if user is None or not right:",
        ),
        _use_case(
            "account/log_in",
            "if user is None or not right or user.state is not UserState.ACTIVE:\n            raise WrongLogin",
            "if user is None:\n            raise ChallengeNeeded(retry_after=1)\n"
            "        if not right or user.state is not UserState.ACTIVE:\n            raise WrongLogin",
        ),
        _domain(
            "limits",
            "Limited.LOG_IN_FAILURES: Limit(5, timedelta(minutes=15))",
            "Limited.LOG_IN_FAILURES: Limit(5, timedelta(minutes=10))",
        ),
        _domain(
            "limits",
            "Limited.LOG_IN: Limit(10, timedelta(minutes=1))",
            "Limited.LOG_IN: Limit(11, timedelta(minutes=1))",
        ),
    ],
    "ACC-9": [
        _domain(
            "policy", "access_life: timedelta = timedelta(minutes=15)", "access_life: timedelta = timedelta(minutes=20)"
        ),
        _domain(
            "policy",
            "reset_link_life: timedelta = timedelta(minutes=30)",
            "reset_link_life: timedelta = timedelta(minutes=60)",
        ),
        _use_case("account/reset_password", "await shelves.sessions.revoke_all(user, now)", "pass"),
        _use_case("account/read_session", "await shelves.sign_ups.spend(session.user)", "pass"),
        _use_case(
            "notices/follow_notices",
            "if not await shelves.sessions.is_open(session.session, self.clock.now()):",
            "if False:",
        ),
        _use_case(
            "account/change_password", "await shelves.sessions.revoke_all(user.id, now, but=session.session)", "pass"
        ),
    ],
    "ACC-10": [
        _use_case(
            "account/write_profile", 'await steps.do("restore", None, lambda: self._restore(data, before))', "pass"
        ),
        _use_case(
            "account/write_profile",
            "details = ContactDetails(phone=data.phone, address=data.address, birth_date=data.birth_date)",
            "details = ContactDetails(address=data.address, birth_date=data.birth_date)",
        ),
        _use_case(
            "account/write_profile",
            "data.client, data.phone, data.address, marketing_consent=data.marketing_consent",
            "data.client, data.phone, data.address",
        ),
    ],
    "ACC-11": [
        _use_case(
            "account/write_profile",
            "data.client, data.phone, data.address, marketing_consent=data.marketing_consent",
            "data.client, data.phone, None, marketing_consent=data.marketing_consent",
        ),
        _use_case("eligibility/open_check", "home = data.address if data.moves_home else None", "home = None"),
    ],
}
_ELIGIBILITY: Final = {
    "ELG-1": [
        _use_case(
            "eligibility/request_eligibility",
            "if wanted is None:\n            raise AddressMissing",
            "if wanted is None:\n            raise NotFound",
        ),
        _domain("eligibility", "return Asking.OPENS_CHECK", "return Asking.CHANGES_NOTHING"),
    ],
    "ELG-2": [
        _domain(
            "policy",
            "ask_again_after: timedelta = timedelta(days=90)",
            "ask_again_after: timedelta = timedelta(days=30)",
        ),
        _domain("eligibility", "return Asking.ADDS_ADDRESS", "return Asking.CHANGES_NOTHING"),
    ],
    "ELG-3": [
        _domain(
            "limits",
            "Limited.ELIGIBILITY_CHANGE: Limit(3, timedelta(hours=1))",
            "Limited.ELIGIBILITY_CHANGE: Limit(4, timedelta(hours=1))",
        )
    ],
    "ELG-4": [
        _domain(
            "policy", "check_business_days: tuple[int, int] = (1, 2)", "check_business_days: tuple[int, int] = (1, 3)"
        ),
        _domain("eligibility", "return now > self.latest", "return False"),
        _domain("eligibility", "math.ceil(0.9 * len(ranked)) - 1", "math.ceil(0.5 * len(ranked)) - 1"),
    ],
    "ELG-5": [
        _domain(
            "opportunity",
            "(_S.INTRODUCTION, _T.ELIGIBILITY_CONFIRMED): _S.READY",
            "(_S.INTRODUCTION, _T.ELIGIBILITY_CONFIRMED): _S.INTRODUCTION",
        ),
        _domain(
            "opportunity",
            "(_S.INTRODUCTION, _T.ELIGIBILITY_DENIED): _S.VOID",
            "(_S.INTRODUCTION, _T.ELIGIBILITY_DENIED): _S.READY",
        ),
    ],
    "ELG-6": [
        _use_case(
            "eligibility/learn_eligibility", 'await steps.do("tell", None, lambda: self._tell(standing))', "pass"
        ),
        _use_case("work/catch_up", "changed = await self.changes(await self._looked(now) - OVERLAP)", "changed = ()"),
    ],
    "ELG-7": [
        _use_case("eligibility/read_eligibility", "if fresh and await", "if False and await"),
        _domain(
            "limits",
            "Limited.CHECK_NOW: Limit(1, timedelta(seconds=10))",
            "Limited.CHECK_NOW: Limit(100, timedelta(seconds=10))",
        ),
    ],
    "ELG-8": [
        _domain("eligibility", "SURE_ENOUGH: Final = 0.8", "SURE_ENOUGH: Final = 0.1"),
        _domain("premises", 'named = _ROOM.sub("", building).rstrip()', "named = building"),
        _use_case(
            "eligibility/open_check", "return pending if answer is None else await", "return pending if True else await"
        ),
    ],
    "ELG-9": [
        _domain(
            "support", "frozenset({CaseKind.AVAILABILITY, CaseKind.CANCELLATION})", "frozenset({CaseKind.CANCELLATION})"
        ),
    ],
    "ELG-10": [
        _domain(
            "eligibility",
            "return self.status is EligibilityStatus.ELIGIBLE and self.is_for(address)",
            "return self.status is EligibilityStatus.ELIGIBLE",
        ),
        _domain("eligibility", "alternatives=tuple(Alternative) if action", "alternatives=() if action"),
    ],
    "ELG-11": [
        _use_case("eligibility/raise_late_checks", "await self._tell(check)\n        # last", "pass\n        # last"),
        _use_case("eligibility/raise_late_checks", "await self.desk.raise_priority(case)", "pass"),
    ],
}
_IDENTITY: Final = {
    "IDV-1": [
        _use_case(
            "identity/upload_document",
            "cleaned = [(side, await self._clean(side, sent)) for side, sent in sides]",
            "cleaned = [(side, await self._clean(side, front)) for side, sent in sides]",
        ),
        _domain("document", "MAX_PAGES: Final = 20", "MAX_PAGES: Final = 21"),
        _domain("document", "MAX_BYTES: Final = 10_000_000", "MAX_BYTES: Final = 10_000_001"),
    ],
    "IDV-2": [
        _use_case(
            "identity/follow_upload",
            "self.desk.ensure_submitted(data.account, data.documents[0], data.sent_at)",
            "self.desk.standing(data.account)",
        ),
    ],
    "IDV-3": [
        _domain("identity", "(_S.VERIFIED, _T.REJECTED): _S.REJECTED,", ""),
        _domain("identity", "return self.status is not IdStatus.VERIFIED", "return True"),
        _domain(
            "identity",
            "rejection=read_rejection(identity.message) if rejected else None",
            "rejection=read_rejection(identity.message)",
        ),
    ],
    "IDV-4": [
        _domain("identity", 'word = head.strip().upper().replace(" ", "_")', "word = head.strip()"),
        _domain("identity", "if begins := _BEGINS_WITH_CODE.match(text):", "if begins := None:"),
        _domain("identity", "if self.written and self.code is RejectionCode.OTHER:", "if False:"),
    ],
    "IDV-5": [
        _use_case("identity/learn_id_review", 'await steps.do("tell", None, lambda: self._tell(identity))', "pass")
    ],
    "IDV-7": [
        _domain("id_methods", "self.ends is None or day <= self.ends", "self.ends is None or day < self.ends"),
        _domain("identifying", " and needs_id((r.product_type,), policy)", ""),
        _domain("gates", "return bool(methods_for(", "return True or bool(methods_for("),
    ],
}
_ORDERS: Final = {
    "ORD-1": [
        _domain("gates", 'Gate("address_missing", EVERY', 'Gate("address_missing", INTERNET'),
        _domain(
            "gates",
            'Gate("payment_method_missing", EVERY, "add_payment_method", lambda at, _: at.payment.present)',
            'Gate("payment_method_missing", EVERY, "add_payment_method", lambda at, _: True)',
        ),
        _domain("gates", "lambda at, _: at.seen == at.cart.totals", "lambda at, _: True"),
        _domain("gates", "at.profile.phone and person.birth_date", "at.profile.phone"),
        _domain("gates", "return at.identity.status in enough", "return True"),
    ],
    "ORD-2": [
        _domain(
            "placing",
            "lines=tuple(_line(line) for line in service.lines)",
            "lines=tuple(_line(line) for line in service.lines[:1])",
        )
    ],
    "ORD-3": [
        _domain("placing", "activate_at=choices.activate_at if scheduled else None", "activate_at=None"),
        _domain("placing", "sim=service.sim,", "sim=None,"),
    ],
    "ORD-4": [
        _domain("opportunity", "if place in chosen or product_type is ProductType.VPN:", "if True:"),
        _domain(
            "opportunity",
            "if takes is None or takes not in products:\n            raise OpportunityUnusable",
            "if takes is None:\n            return (None,) * len(products)",
        ),
    ],
    "ORD-5": [
        _use_case(
            "orders/place_orders",
            'job, attempt = request_key("orders", session.user, key), 1',
            'job, attempt = request_key("orders", session.user), 1',
        ),
        _use_case(
            "orders/place_orders",
            "by = by or await self._holder(shelves, session, asked, now, held.get(ORDER))",
            "by = by or None",
        ),
    ],
    "ORD-6": [
        _domain("order", "return self.status in (OrderStatus.APPROVED, OrderStatus.COMPLETED)", "return True"),
        _use_case(
            "orders/read_order",
            "order = await self.orders.find(order_id, session.account)",
            "order = await self.orders.find(order_id)",
        ),
    ],
    "ORD-7": [
        _domain(
            "policy", "checkout_life: timedelta = timedelta(days=30)", "checkout_life: timedelta = timedelta(days=20)"
        ),
        _domain(
            "policy",
            "abandoned_after: timedelta = timedelta(hours=24)",
            "abandoned_after: timedelta = timedelta(hours=2)",
        ),
    ],
    "ORD-8": [
        _domain(
            "checkout",
            "payment = StepState.COMPLETE if at.payment_present else StepState.TO_DO",
            "payment = StepState.COMPLETE",
        ),
        _domain(
            "checkout",
            'StepShown(step=step, state=StepState.BLOCKED, reason="id_rejected")',
            "StepShown(step=step, state=StepState.TO_DO)",
        ),
    ],
    "ORD-9": [
        _use_case(
            "checkout/read_payment_status",
            "PaymentStatus(await self.payments.payment_methods(session.client), now)",
            "PaymentStatus(PaymentMethods(()), now)",
        )
    ],
    "ORD-10": [
        _domain("order", "return (order.status, OrderTrigger.WITHDRAWN) in ORDER_MOVES", "return order.is_open"),
        _domain("order", "type=NoticeType.ORDER_CANCELLED,", "type=NoticeType.ORDER_APPROVED,"),
    ],
    "ORD-11": [
        _domain("porting", "if porting.expires < today:", "if False:"),
        _domain("porting", 're.compile(r"[0-9]{10}")', 're.compile(r"[0-9]+")'),
    ],
}
_FULFILMENT: Final = {
    "FUL-1": [_use_case("fulfilment/learn_order", "await self.begin(order, asked=False)", "pass")],
    "FUL-2": [
        _domain("provisioning", "return None if payment.present else FailureCode.PAYMENT_REQUIRED", "return None"),
        _domain("provisioning", "return FailureCode.ELIGIBILITY_REQUIRED", "return FailureCode.ID_REQUIRED"),
        _use_case("fulfilment/provision", "if target.esim:", "if False:"),
    ],
    "FUL-3": [_domain("provisioning", "client=client, mark=order.id,", 'client=client, mark=OrderId(f"{order.id}x"),')],
    "FUL-4": [
        _use_case(
            "fulfilment/provision",
            'await steps.do(f"tell {name}", None, lambda: self._tell_failed(data, failure))',
            "pass",
        ),
        _use_case("fulfilment/clear_order", "await self.issuer.ensure_deactivated(esim)", "pass"),
        _domain(
            "provisioning",
            "return untouched or (asked and order.activation is not ActivationStatus.ACTIVATED)",
            "return untouched",
        ),
    ],
    "FUL-5": [
        _domain(
            "policy",
            "preflight_before: timedelta = timedelta(days=3)",
            "preflight_before: timedelta = timedelta(days=1)",
        ),
        _domain("provisioning", "return order.activate_at > now", "return False"),
    ],
    "FUL-6": [
        _use_case(
            "fulfilment/learn_order",
            'await steps.do("tell approved", None, lambda: self._tell_approved(fact.order, fresh))',
            "pass",
        )
    ],
    "FUL-7": [
        _use_case(
            "fulfilment/start_provisioning",
            "if order.status is not OrderStatus.APPROVED and not provisioned:",
            "if False:",
        )
    ],
    "FUL-8": [
        _domain("attention", "work=work, need=Need.PARKED", "work=work, need=Need.UNKNOWN"),
        _domain("attention", "Put the record right there, then retry.", "Put the record right there."),
    ],
}
_SERVICES: Final = {
    "SRV-1": [
        _use_case(
            "services/list_services",
            "return ServiceListed(service, sale.id if sale is not None else None, ending)",
            "return ServiceListed(service, None, ending)",
        )
    ],
    "SRV-2": [
        _use_case("services/summarize_payment_methods", "first is not None and first.ends_by(soon)", "False"),
        _use_case("services/read_invoice", "if invoice is None:", "if invoice is not None:"),
    ],
    "SRV-3": [
        _domain(
            "billing", 'Page.PAYMENT_METHODS: "clientarea:billing_info"', 'Page.PAYMENT_METHODS: "clientarea:profile"'
        )
    ],
    "SRV-4": [
        _domain("limits", "Limited.ESIM: Limit(5, timedelta(hours=1))", "Limited.ESIM: Limit(50, timedelta(hours=1))"),
    ],
    "SRV-5": [
        _use_case(
            "services/change_esim",
            "if service is None:\n            raise NotFound(service=service_id)",
            "if service is None:\n            raise NotAnEsim(service=service_id)",
        ),
        _use_case(
            "cancellation/request_cancellation",
            "if service is None:\n            raise NotFound(service=service_id)",
            'if service is None:\n            raise ServiceNotActive(status="another\'s")',
        ),
    ],
    "SRV-6": [
        _domain("policy", "invoice_due_days: int = 3", "invoice_due_days: int = 2"),
        _domain("policy", "card_expiring_days: int = 30", "card_expiring_days: int = 20"),
    ],
    "CAN-1": [
        _domain("cancellation", "CUT_OFF_DAY: Final = 25", "CUT_OFF_DAY: Final = 26"),
        _domain("cancellation", "MONTHS_AHEAD: Final = 12", "MONTHS_AHEAD: Final = 11"),
        _domain("japan", "return instant.astimezone(TOKYO).date()", "return instant.date()"),
    ],
    "CAN-2": [
        _domain("japan", "_LAST_SECOND: Final = time(23, 59, 59)", "_LAST_SECOND: Final = time(23, 59, 0)"),
        _use_case(
            "cancellation/write_cancellation",
            "self.opportunities.ensure_cancelling(data.opportunity, end, data.has_line, case)",
            "self.opportunities.ensure_cancelling(data.opportunity, end, True, case)",
        ),
    ],
    "CAN-3": [
        _use_case("cancellation/request_cancellation", "if service.status is not ServiceStatus.ACTIVE:", "if False:"),
        _use_case(
            "cancellation/write_cancellation",
            'lines.append("No opportunity is linked',
            'lines.insert(0, "An opportunity is linked',
        ),
    ],
    "CAN-4": [
        _use_case("cancellation/terminate_due", "if not self.policy.auto_terminate:", "if False:"),
        _domain("cancellation", "return kit is to or to in KIT_MOVES[kit]", "return True"),
    ],
    "CAN-5": [
        _domain(
            "cancellation",
            "return (kit is None and not has_line) or kit in _BACK or kit in _WITHOUT_KIT",
            "return True",
        ),
        _use_case(
            "cancellation/complete_cancellation",
            "if service is None or service.status not in OVER:",
            "if service is None:",
        ),
    ],
    "CAN-6": [
        _domain("cancellation", "return max(month, earliest_month(requested_at + timedelta(days=1)))", "return month")
    ],
    "CAN-7": [
        _domain("cancellation", "UNDO_DAYS: Final = 3", "UNDO_DAYS: Final = 2"),
        _domain("cancellation", '(CAN-7)."""\n    return kit in _BACK', '(CAN-7)."""\n    return False'),
    ],
}
_REST: Final = {
    "OPP-1": [
        _domain(
            "opportunity",
            "(_S.INTRODUCTION, _T.ELIGIBILITY_CONFIRMED): _S.READY",
            "(_S.INTRODUCTION, _T.ELIGIBILITY_CONFIRMED): _S.POST_PROCESSING",
        ),
        _use_case("cancellation/learn_opportunity", "await self.alarms.raise_alarm(NO_RULE, sale.id)", "pass"),
        _domain(
            "policy",
            "given_up_after: timedelta = timedelta(days=90)",
            "given_up_after: timedelta = timedelta(days=120)",
        ),
    ],
    "OPP-2": [
        _domain("opportunity", "Stage.INTRODUCTION: 30", "Stage.INTRODUCTION: 20"),
        _domain("placing", "ProductType.SIM: Beginning.SIM_CHECKOUT", "ProductType.SIM: Beginning.ORDER_PLACED"),
    ],
    "OPP-3": [_domain("placing", "opportunity=opportunity,", "opportunity=None,")],
    "NTF-1": [
        _domain("notice", 'label=Words("View plans", "プランを見る")', 'label=Words("View order", "プランを見る")'),
        _domain(
            "notice",
            'title=Words("Your order is approved", "お申し込みが承認されました")',
            'title=Words("Your order is fine", "お申し込みが承認されました")',
        ),
    ],
    "NTF-2": [
        _domain(
            "notice",
            'return f"{status.value}@{time.isoformat()}"',
            'return f"{status.value}"',
        )
    ],
    "NTF-3": [
        _domain("policy", "notice_life: timedelta = timedelta(days=30)", "notice_life: timedelta = timedelta(days=40)"),
        _use_case(
            "notices/mark_all_read", "read = await shelves.notices.read_all(session.user, self.clock.now())", "read = 0"
        ),
    ],
    "NTF-4": [
        _use_case(
            "notices/follow_notices", "return await shelves.notices.after(session.user, position, most)", "return ()"
        )
    ],
    "SUP-1": [
        _domain("support", "SHORTEST_MESSAGE: Final = 10", "SHORTEST_MESSAGE: Final = 9"),
        _use_case("support/send_contact", "if tidied.website:", "if False:"),
        _domain(
            "limits",
            "Limited.CONTACT: Limit(3, timedelta(minutes=10))",
            "Limited.CONTACT: Limit(4, timedelta(minutes=10))",
        ),
    ],
    "SUP-2": [_use_case("support/write_case", "origin=CaseOrigin.PORTAL_WEBSITE", "origin=CaseOrigin.PORTAL")],
    "STA-1": [
        _use_case(
            "standing/read_standing",
            "return Part.of(*await self.times.of(reading))\n        except (Unavailable, Rejected):",
            "return Part.of(*await self.times.of(reading))\n        except Rejected:",
        )
    ],
    "STA-2": [
        _domain("standing", "if no_payment and (has_checkout or failed or standing.open_orders):", "if False:"),
        _domain("standing", "found.append(NextAction.SEND_ID_AGAIN)", "found.append(NextAction.SEND_ID)"),
    ],
    "STA-3": [
        _domain(
            "timeline",
            "entries.append(_open(Event.CHECK_OPEN, eligibility.requested_at, Holder.NTT, expected, now))",
            "entries.append(_open(Event.CHECK_OPEN, eligibility.requested_at, Holder.SONIXNET, expected, now))",
        ),
    ],
    "STF-1": [_domain("eligibility", "(_S.ELIGIBLE, _T.DENIED): _S.INELIGIBLE,", "")],
    "STF-2": [
        _domain("identity", "(_S.SUBMITTED, _T.VERIFIED): _S.VERIFIED,", ""),
        _domain("identity", "(_S.SUBMITTED, _T.REJECTED): _S.REJECTED,", ""),
    ],
    "STF-3": [_domain("order", "(_O.PENDING_REVIEW, _OT.REJECTED): _O.CANCELLED,", "")],
    "STF-4": [
        _domain(
            "cancellation", "Kit.NOT_YET: _ON_ITS_WAY | _WITHOUT_KIT | {Kit.RETURNED_1},", "Kit.NOT_YET: frozenset(),"
        )
    ],
    "OPS-3": [
        _domain(
            "flags",
            "if subject is None:\n        return percentage >= EVERYBODY",
            "if subject is None:\n        return True",
        ),
        _domain(
            "flags",
            "return subject in named or place(feature, subject) < percentage",
            "return place(feature, subject) < percentage",
        ),
    ],
    "OPS-5": [
        _domain("drift", "elif opportunity.stage in (Stage.CANCELLED, Stage.VOID) and running:", "elif False:"),
        _domain("drift", "repair = Repair.SET_STAGE if is_safe else Repair.BY_HAND", "repair = Repair.BY_HAND"),
        _use_case(
            "work/repair_difference",
            "await self.registry.ensure_link(account, client, RegistrationSource.SIGN_UP.value, user.created_at)",
            "return",
        ),
    ],
    "OPS-7": [
        _use_case("account/import_user", "if not for_good:", "if False:"),
        _domain("importing", 'return [LineFault(field, "not_argon2id")]', "return []"),
    ],
    "OPS-6": [
        _domain(
            "policy",
            "unknown_visible_after: timedelta = timedelta(minutes=5)",
            "unknown_visible_after: timedelta = timedelta(minutes=50)",
        ),
        _domain("attention", "if work.state is WorkState.WITH_STAFF:", "if False:"),
    ],
}

BREAKS: Final[Mapping[str, tuple[Break, ...]]] = MappingProxyType(
    {
        rule: tuple(breaks)
        for area in (_CATALOG, _ACCOUNTS, _ELIGIBILITY, _IDENTITY, _ORDERS, _FULFILMENT, _SERVICES, _REST)
        for rule, breaks in area.items()
    }
)
"""Each rule that can be broken in the core, with its breaks."""

NOT_OF_THE_CORE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "IDV-6": "no line of the core keeps a document: that none is anywhere is proved by looking everywhere",
        "OPS-1": "which system stands behind a port is chosen in genkan/",
        "OPS-2": "health, figures and logs are made in adapters/http and genkan/",
        "OPS-8": "customers are counted in adapters/http/funnel.py",
    }
)
"""Each rule whose line does not stand in the core, with where it is kept instead."""
