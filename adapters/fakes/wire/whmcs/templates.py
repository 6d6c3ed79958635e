"""What the client area looks like: a few plain pages, everything in them escaped."""

from collections.abc import Mapping
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined

_LAYOUT: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} - billing (made up)</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 42rem; padding: 1rem; color: #1c2430; }
nav a { margin-right: 1rem; } table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #d5dae1; padding: .5rem .25rem; text-align: left; }
.number { text-align: right; } label { display: block; margin: .75rem 0; }
input { display: block; font: inherit; padding: .4rem; width: 16rem; }
button { font: inherit; padding: .4rem 1rem; } .problem { color: #a11; }
.made-up { background: #fff4d6; padding: .5rem; }
</style>
</head>
<body>
<p class="made-up">This billing system is made up: no card is charged. Enter no real card.</p>
<nav aria-label="Pages"><a href="/index.php?rp=/account/paymentmethods">Payment methods</a>
<a href="/clientarea.php?action=invoices">Invoices</a> <a href="/clientarea.php?action=services">Services</a>
<a href="/clientarea.php?action=details">Your details</a></nav>
<main><h1>{{ title }}</h1>
{% block content %}{% endblock %}
</main>
</body>
</html>
"""
_BEGIN: Final = "{% extends 'layout' %}{% block content %}"
_END: Final = "{% endblock %}"
_PROBLEM: Final = '{% if problem %}<p class="problem" role="alert">{{ problem }}</p>{% endif %}'
_TOKEN: Final = '<input type="hidden" name="token" value="{{ token }}">'
_METHODS: Final = f"""{_PROBLEM}
{{% if methods %}}<table>
<tr><th>Payment method</th><th>Ends</th><th></th></tr>
{{% for method in methods %}}<tr>
<td>{{{{ method.description or method.type }}}}</td><td>{{{{ method.expiry_date or "" }}}}</td>
<td><form method="post" action="/index.php?rp=/account/paymentmethods/delete">{_TOKEN}
<button name="method" value="{{{{ method.id }}}}">Remove</button></form></td>
</tr>{{% endfor %}}</table>{{% else %}}<p>There is none yet.</p>{{% endif %}}
<h2>Add a card</h2>
<form method="post" action="/index.php?rp=/account/paymentmethods/add">{_TOKEN}
<label>Card number <input name="ccnumber" inputmode="numeric" autocomplete="off" required
 value="4242 4242 4242 4242"></label>
<label>Expiry date (MM/YY) <input name="ccexpirydate" autocomplete="off" required value="12/30"></label>
<button>Add card</button>
</form>
<p>Once it is added you can close this page and go back to the portal.</p>"""
_INVOICE: Final = f"""{_PROBLEM}
<p>Status: <strong>{{{{ invoice.status }}}}</strong>. Due {{{{ invoice.duedate }}}}.</p>
<table>
{{% for line in lines %}}<tr><td>{{{{ line.description }}}}</td><td class="number">¥{{{{ line.amount }}}}</td></tr>
{{% endfor %}}<tr><th>Open</th><th class="number">¥{{{{ invoice.balance }}}}</th></tr>
</table>
{{% if invoice.status == "Unpaid" %}}<form method="post" action="/viewinvoice.php?id={{{{ invoice.id }}}}">{_TOKEN}
<p><button>Pay ¥{{{{ invoice.balance }}}}{{% if methods %}} with {{{{ methods[0].description }}}}{{% endif %}}</button>
</p></form>{{% endif %}}"""
_INVOICES: Final = """<table>
<tr><th>Invoice</th><th>Due</th><th>Status</th><th class="number">Total</th></tr>
{% for invoice in invoices %}<tr><td><a href="/viewinvoice.php?id={{ invoice.id }}">
{{ invoice.invoicenum or invoice.id }}</a></td>
<td>{{ invoice.duedate }}</td><td>{{ invoice.status }}</td><td class="number">¥{{ invoice.total }}</td></tr>
{% endfor %}</table>"""
_SERVICES: Final = """<table>
{% for service in services %}<tr><td>{{ service.groupname }} - {{ service.name }}</td><td>{{ service.status }}</td></tr>
{% endfor %}</table>"""
_DETAILS: Final = """<p>{{ client.firstname or "" }} {{ client.lastname or "" }}<br>{{ client.companyname or "" }}<br>
{{ client.address1 or "" }} {{ client.address2 or "" }} {{ client.city or "" }} {{ client.state or "" }}
{{ client.postcode or "" }}<br>{{ client.email }}</p>"""

_PAGES: Final = {
    "notice": "<p>{{ text }}</p>",
    "methods": _METHODS,
    "invoice": _INVOICE,
    "invoices": _INVOICES,
    "services": _SERVICES,
    "details": _DETAILS,
}
_environment: Final = Environment(
    autoescape=True,
    undefined=StrictUndefined,
    loader=DictLoader({"layout": _LAYOUT, **{name: f"{_BEGIN}{text}{_END}" for name, text in _PAGES.items()}}),
)


def rendered(page: str, told: Mapping[str, Any]) -> str:
    """The page of that name, with what is told on it."""
    return _environment.get_template(page).render(**told)
