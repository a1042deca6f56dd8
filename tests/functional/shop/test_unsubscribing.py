"""Leaving a kind of mail by its link (RFC 8058): no log-in, no session; looking acts on nothing."""

import re

from flask import Flask
from sqlalchemy import select

from storefront.core.audit.models import AuditEntry
from storefront.core.db import session
from storefront.core.mail.models import MailOptOut
from storefront.core.mail.opting_out import is_wanted
from storefront.core.secrecy import STAFF, SecretBox
from storefront.jobs.mails import unsubscribe_link
from storefront.jobs.runtime import runtime_of

TOPIC = "staff_digest"


def link(app: Flask, address: str = "Aya@Example.com", lang: str = "ja") -> str:
    with app.app_context():
        runtime = runtime_of(app)
        return unsubscribe_link(runtime, lang, address, TOPIC).removeprefix(runtime.public_url)


def wanted(app: Flask, address: str = "aya@example.com") -> bool:
    with app.app_context():
        found = is_wanted(address, TOPIC)
        session.rollback()
        return found


def test_a_scanner_that_opens_the_link_changes_nothing_and_one_click_does(app: Flask) -> None:
    path, client = link(app), app.test_client()
    for method in ("GET", "HEAD"):
        answer = client.open(path, method=method)
        assert answer.status_code == 200
    assert wanted(app)
    assert "Set-Cookie" not in answer.headers and answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    # As a mail provider posts it: from nowhere, without a cookie.
    once = client.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"})
    twice = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (once.status_code, twice.status_code) == (200, 200) and "Set-Cookie" not in once.headers
    assert not wanted(app)
    with app.app_context():
        assert session.scalars(select(MailOptOut.address_folded)).all() == ["aya@example.com"]
        assert [(row.act, row.data) for row in session.scalars(select(AuditEntry))] == [("mail.opt_out", {})]
        session.rollback()


def test_the_page_leads_both_ways_in_its_readers_language(app: Flask) -> None:
    path, client = link(app, lang="zh-hant"), app.test_client()
    page = client.get(path).text
    assert '<html lang="zh-Hant' in page and 'data-state="ask"' in page
    assert 'data-state="left"' in client.post(path).text
    assert 'data-state="left"' in client.get(path).text
    assert 'data-state="back"' in client.post(path, data={"again": "1"}).text
    assert wanted(app)


def test_a_link_that_is_none_frees_nobody(app: Flask) -> None:
    client = app.test_client()
    good = link(app)
    other = SecretBox(app.config["SECRET_KEY"], purpose=STAFF).encrypt(f'["aya@example.com","{TOPIC}"]')
    odd = ("x", "%00", good.rpartition("/")[2][:-4], other, "é" * 40, "a" * 2000)
    for token in odd:
        path = f"/en/mail/unsubscribe/{token}"
        assert client.get(path).status_code == 404 and client.post(path).status_code == 404, token
    assert wanted(app)


def test_the_link_tells_nobody_whose_it_is(app: Flask) -> None:
    token = link(app, "hanako.yamada@example.com").rpartition("/")[2]
    assert "hanako" not in token.lower() and "yamada" not in token.lower() and re.fullmatch(r"[A-Za-z0-9_=%-]+", token)
