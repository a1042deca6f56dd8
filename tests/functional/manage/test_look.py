"""The look in the back office: colours and sizes with their contrast, previewed, saved, taken back; logo and icon."""

import io
import re
from collections.abc import Callable

from flask import Flask
from PIL import Image
from sqlalchemy import event, select

from storefront.app import create_app
from storefront.config import Settings
from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.models import Picture
from storefront.core.catalog.picturing.sweeping import sweep_unused
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.settings.look import KEYS, look_of
from storefront.core.settings.models import LookPicture
from storefront.core.settings.snapshot import ShopSnapshot, load_snapshot
from storefront.extensions import db as extension
from storefront.jobs.relay import run_due
from storefront.testing.visitor import OWN, Visitor

LOOK, PICTURES = "/manage/look/", "/manage/look/pictures"
Member = Callable[..., Visitor]
GREEN = {"light_surface": "#EEF4F0", "light_surface_2": "#dfe9e3", "light_accent": "00594f", "radius": "10"}


def decided(app: Flask) -> ShopSnapshot:
    with app.app_context():
        return load_snapshot(1)


def sheet_of(visitor: Visitor) -> str:
    found = re.search(r'href="(/theme\.\w+\.css)"', visitor.gets("/en/").text)
    return found[1] if found else ""


def picture(size: tuple[int, int], kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", size, (0, 90, 80, 128)).save(file, kind)
    return file.getvalue()


def test_colours_are_saved_for_every_process_at_once_and_taken_back(
    app: Flask, app_settings: Settings, member: Member
) -> None:
    another = create_app(app_settings)  # a second process of the same shop
    elsewhere = Visitor(another.test_client())
    assert sheet_of(elsewhere) == ""
    manager = member("manager")
    manager.gets(LOOK)
    assert manager.page.form("edit-form").fields["light_accent"] == "#b2371b"
    manager.submits("edit-form", **GREEN, density="compact")
    assert manager.page.texts("notice") == ["Saved."]
    look = look_of(decided(app).policies)
    assert look.light == {"surface": "#eef4f0", "surface-2": "#dfe9e3", "accent": "#00594f"}
    assert (dict(look.dark), look.radius, look.density) == ({}, 10, "compact")

    address = sheet_of(elsewhere)
    answer = elsewhere.gets(address, headers={"Accept-Encoding": "identity"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css" and "Set-Cookie" not in answer.headers
    assert "--c-accent:light-dark(#00594f,#f18d6c)" in answer.text and "--radius:10px" in answer.text
    # an older page gets the sheet there is, and does not keep it under the wrong name
    older = elsewhere.gets("/theme.0123456789ab.css")
    assert older.headers["Cache-Control"] == "no-store"
    # the back office keeps the look in which it can be read
    assert "/theme." not in manager.gets(LOOK).text

    manager.gets("/manage/look/default")
    manager.submits("default-form")
    assert sheet_of(elsewhere) == "" and elsewhere.gets(address).status_code == 404
    with app.app_context():
        kinds = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.act == "settings.policy")).all()
    assert sorted(kinds) == sorted(["look.light", "look.radius", "look.density"] * 2)
    assert {key.partition(".")[0] for key in KEYS} == {"look"}
    with another.app_context():
        extension.session.remove()
        extension.engine.dispose()


REFUSED = [
    ({"light_accent": "red"}, "Please write a colour as # and six digits or letters a to f, such as #b2371b."),
    ({"dark_text": "#12"}, "Please write a colour as # and six digits or letters a to f, such as #b2371b."),
    ({"light_muted": "#bbbbbb"}, "In the light: 1.9 to 1 on #fffefb, and text needs 4.5. The nearest that passes is #6f6f6f."),
    ({"light_surface": "#333", "light_surface_2": "#ccc"}, "In the light: 1.2 to 1 on #333333, and text needs 4.5. No lightness of it passes: please change the ground."),
    ({"radius": "99"}, "It may not be above 24."),
    ({"cards": "}"}, "Please choose one of the list."),
    ({"theme": "nowhere"}, "Please choose one of the list."),
]  # fmt: skip


def test_what_cannot_be_read_is_refused_and_what_was_typed_stays(app: Flask, member: Member) -> None:
    owner = member()
    for typed, sentence in REFUSED:
        owner.gets(LOOK)
        for button in ({}, {"_try": "preview"}):
            answer = owner.submits("edit-form", **button, **typed)
            assert answer.status_code == 422 and sentence in owner.page.texts("field-error")
            shown = owner.page.form("edit-form").fields
            assert {name: shown[name] for name in typed} == typed
            assert owner.client.get_cookie("look") is None
    assert look_of(decided(app).policies).light == {}


def test_the_contrast_is_told_at_once_and_the_preview_is_seen_by_nobody_else(app: Flask, member: Member) -> None:
    owner = member()
    owner.gets(LOOK)
    assert {given["data-passes"] for given in owner.page.attributes("verdict")} == {"yes"}
    # without script by a button, with script while somebody types; nothing is stored by either
    owner.submits("edit-form", _try="contrast", light_muted="#bbbbbb")
    assert owner.last.status_code == 200 and "Nearest that passes: #6f6f6f" in "".join(owner.page.texts("verdict"))
    part = owner.submits("edit-form", part=True, _try="contrast", _beside="1", light_muted="#bbbbbb", dark_text="red")
    assert part.text.count('data-passes="no"') == 2 and "<form" not in part.text

    owner.gets(LOOK)
    owner.submits("edit-form", _try="preview", **GREEN)
    assert owner.last.request.path == "/en/" and owner.page.texts("previewing")
    assert owner.last.headers["Cache-Control"] == "private, no-store"
    address = sheet_of(owner)
    assert "#00594f" in owner.gets(address, headers={"Accept-Encoding": "identity"}).text
    stranger = Visitor(app.test_client())
    assert sheet_of(stranger) == "" and look_of(decided(app).policies).light == {}
    # a preview that somebody made up is none
    cookie = owner.client.get_cookie("look")
    assert cookie is not None
    for forged in (cookie.value[:-2] + "xx", "", "a.b.c", "é"):
        stranger.client.set_cookie("look", forged)
        assert sheet_of(stranger) == "" and stranger.page.texts("previewing") == []
    # back in the form what was tried out stands there, to be saved or given up
    owner.gets(LOOK)
    assert owner.page.form("edit-form").fields["light_accent"] == "#00594f"
    owner.submits("edit-form")
    assert look_of(decided(app).policies).light["accent"] == "#00594f"
    assert owner.client.get_cookie("look") is None
    owner.submits("edit-form", _try="preview", radius="0")
    end = next(form for form in owner.page.forms if form.action.endswith("/preview/end"))
    owner.posts(end.action, end.fields)
    assert owner.page.texts("previewing") == [] and owner.client.get_cookie("look") is None


def test_of_two_who_choose_at_once_the_later_is_asked(app: Flask, member: Member) -> None:
    one, other = member(), member("manager")
    one.gets(LOOK)
    other.gets(LOOK)
    other.submits("edit-form", light_accent="#00594f", radius="6")
    answer = one.submits("edit-form", light_accent="#8a1c5b", dark_accent="#ffb454")
    assert answer.status_code == 409 and one.page.texts("theirs") == ["Stored now: #00594f"]
    one.submits("edit-form")
    look = look_of(decided(app).policies)
    assert (look.light["accent"], look.dark["accent"], look.radius) == ("#8a1c5b", "#ffb454", 6)


def test_who_may_look_may_not_choose(member: Member) -> None:
    reader = member("read_only")
    assert reader.gets(LOOK).status_code == 200 and "save" not in [mark for mark, _ in reader.page.marks]
    fields = reader.page.form("edit-form").fields
    assert reader.posts(LOOK, {**fields, "radius": "9"}).status_code == 403
    assert reader.gets("/manage/look/default").status_code == 403
    assert reader.posts(f"{PICTURES}/logo", {**fields}).status_code == 403
    assert member("packer").gets(LOOK).status_code == 403


def test_a_logo_goes_the_way_of_every_picture(app: Flask, app_settings: Settings, member: Member) -> None:
    owner, shopper = member(), Visitor(app.test_client())
    owner.gets(PICTURES)

    def hands_in(place: str, data: bytes) -> int:
        fields = owner.page.forms[-1].fields
        token = {name: value for name, value in fields.items() if name == "csrf_token"}
        sent = {**token, "file": (io.BytesIO(data), "logo.png")} if data else token
        return owner.posts(f"{PICTURES}/{place}", sent).status_code

    # no picture, a drawing that could hold scripts, and 400 megapixels in a few bytes
    bomb = picture((1, 1))[:16] + (20_000).to_bytes(4, "big") * 2 + picture((1, 1))[24:]
    for data, sentence in (
        (b"", "Please choose a picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "This is not a picture the shop can take."),
        (bomb, "The picture has more than 50 megapixels"),
    ):
        assert hands_in("logo", data) == 422
        assert owner.page.text("problem").startswith(sentence)
    assert owner.posts(f"{PICTURES}/elsewhere", owner.page.forms[-1].fields).status_code == 404

    assert hands_in("logo", picture((800, 160))) == 200
    assert hands_in("icon", picture((256, 256))) == 200
    assert next(owner.page.attributes("look-picture"))["data-state"] == "waiting"
    assert "brand__logo" not in shopper.gets("/ja/").text
    while run_due(app):
        pass
    owner.gets(PICTURES)
    owner.submits("describe-form", alt_ja="日和堂", alt_en='<b>Hiyori "Do"</b>')
    page = shopper.gets("/ja/").text
    assert 'class="brand__logo"' in page and 'alt="日和堂"' in page and 'class="seal"' not in page
    assert 'rel="icon" href="/media/' in page
    assert 'alt="&lt;b&gt;Hiyori &#34;Do&#34;&lt;/b&gt;"' in shopper.gets("/en/").text
    with shopper.client.get(re.findall(r'rel="icon" href="([^"]+)"', page)[0]) as icon:
        assert icon.status_code == 200

    # nothing takes its files away while it is shown; taken away it is gone from every page
    with app.app_context(), unit_of_work():
        session.execute(Picture.__table__.update().values(created_at=utcnow().replace(year=2020)))
    settings = app_settings
    with app.app_context(), unit_of_work():
        assert sweep_unused(settings.originals_dir, settings.media_dir, lambda names: ())[0] == 0
    fields = owner.gets(PICTURES) and owner.page.forms[-1].fields
    owner.posts(f"{PICTURES}/logo/remove", fields)
    assert 'class="seal"' in shopper.gets("/ja/").text
    with app.app_context(), unit_of_work():
        assert sweep_unused(settings.originals_dir, settings.media_dir, lambda names: ())[0] == 1
        assert session.scalars(select(LookPicture.place)).all() == ["icon"]
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("look."))).all()
    assert sorted(acts) == ["look.describe", "look.picture", "look.picture", "look.picture"]


def test_a_look_costs_shoppers_no_statement(app: Flask, member: Member) -> None:
    def statements() -> int:
        found: list[str] = []

        def note(_c: object, _k: object, statement: str, *_: object) -> None:
            found.append(statement)

        with app.app_context():
            event.listen(extension.engine, "before_cursor_execute", note)
        app.test_client().get("/ja/", headers=OWN)
        with app.app_context():
            event.remove(extension.engine, "before_cursor_execute", note)
        return len(found)

    app.test_client().get("/ja/")
    before = statements()
    owner = member()
    owner.gets(LOOK)
    owner.submits("edit-form", **GREEN)
    app.test_client().get("/ja/")  # the version moved: read once
    assert statements() == before
