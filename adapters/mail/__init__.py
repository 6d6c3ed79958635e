"""Mails by SMTP, as text and as HTML."""
