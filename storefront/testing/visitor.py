"""A shopper with a browser without script: reads pages, fills in their forms as they stand, presses their buttons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

OWN = {"Sec-Fetch-Site": "same-origin"}
PART = {"HX-Request": "true", "HX-Request-Type": "partial", **OWN}

TAIPEI = {
    "country": "TW", "family_name": "林", "given_name": "怡君", "latin_name": "Lin Yi-chun",
    "email": "lin@example.com", "phone": "+886223456789", "postal_code": "106", "region": "TPE",
    "city": "大安區", "line1": "和平東路一段 1 號",
}  # fmt: skip
TOKYO = {
    "country": "JP", "family_name": "佐藤", "given_name": "花子", "email": "sato@example.com",
    "phone": "0312345678", "postal_code": "100-0001", "region": "13", "city": "千代田区", "line1": "千代田1-1",
}  # fmt: skip


@dataclass
class Form:
    """A form as the page shows it. ``fields``: what a browser would send (of several ticked boxes or hidden inputs with one name a list);
    ``options``: choices by name, ``disabled`` ones left out."""

    attributes: Mapping[str, str]
    fields: dict[str, Any] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def action(self) -> str:
        return self.attributes.get("action", "")

    @property
    def mark(self) -> str:
        return self.attributes.get("data-test", "")


class Page(HTMLParser):
    """What a test looks at: forms, texts of marked elements, links, ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        self.marks: list[tuple[str, Mapping[str, str]]] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._texts: dict[int, list[str]] = {}
        self._open: list[tuple[str, int | None]] = []
        self._select = self._area = ""
        self.feed(html)

    VOID = frozenset({"input", "meta", "link", "img", "br", "hr", "use", "path"})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        index = None
        if "data-test" in given:
            index = len(self.marks)
            self.marks.append((given["data-test"], given))
            self._texts[index] = []
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append(Form(given))
        elif self.forms:
            self._control(tag, given)
        if tag not in self.VOID:
            self._open.append((tag, index))

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "button":
            form.buttons.append(given)
        elif tag == "select":
            self._select = name
            form.options.setdefault(name, [])
        elif tag == "option" and self._select:
            form.options[self._select].append(given.get("value", ""))
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = given.get("value", "")
        elif tag == "textarea" and name:
            self._area = name
            form.fields[name] = ""
        elif tag == "input" and name:
            if given.get("type") in ("radio", "checkbox"):
                if "disabled" not in given:
                    form.options.setdefault(name, []).append(given.get("value", "on"))
                    if "checked" in given:
                        self._tick(form, name, given.get("value", "on"))
            elif given.get("type") == "hidden":
                self._tick(form, name, given.get("value", ""))
            else:
                form.fields[name] = given.get("value", "")

    @staticmethod
    def _tick(form: Form, name: str, value: str) -> None:
        before = form.fields.get(name)
        form.fields[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""
        if tag in self.VOID:
            return
        while self._open:
            name, _index = self._open.pop()
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._area and self.forms:
            self.forms[-1].fields[self._area] += data
        for _tag, index in self._open:
            if index is not None:
                self._texts[index].append(data)

    def form(self, mark: str) -> Form:
        return next(form for form in self.forms if form.mark == mark)

    def texts(self, mark: str) -> list[str]:
        """The visible words of every element with this mark."""
        return [" ".join("".join(self._texts[i]).split()) for i, (name, _) in enumerate(self.marks) if name == mark]

    def text(self, mark: str) -> str:
        return next(iter(self.texts(mark)), "")

    def attributes(self, mark: str) -> Iterator[Mapping[str, str]]:
        return (given for name, given in self.marks if name == mark)

    def amount(self, mark: str = "total") -> int:
        return int(next(self.attributes(mark))["data-amount"])


@dataclass
class Visitor:
    """``answers``: every answer got; ``requests``: how many were made (redirects that were followed included)."""

    client: FlaskClient
    lang: str = "en"
    answers: list[TestResponse] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.answers)

    @property
    def last(self) -> TestResponse:
        return self.answers[-1]

    @property
    def page(self) -> Page:
        return Page(self.last.get_data(as_text=True))

    def gets(self, path: str, **kwargs: Any) -> TestResponse:
        """``path``: without the language when it does not begin with a slash."""
        self.answers.append(self.client.get(self._path(path), **kwargs))
        return self.follow()

    def follow(self) -> TestResponse:
        """Go where a redirect inside the shop leads."""
        while self.last.status_code in (302, 303) and self.last.location.startswith("/"):
            self.answers.append(self.client.get(self.last.location))
        return self.last

    def posts(self, path: str, data: Mapping[str, Any], *, part: bool = False, follow: bool = True) -> TestResponse:
        self.answers.append(self.client.post(self._path(path), data=data, headers=PART if part else OWN))
        return self.follow() if follow else self.last

    def submits(
        self, mark: str, button: str = "", *, part: bool = False, follow: bool = True, **fields: Any
    ) -> TestResponse:
        """Send the form with this mark of the page in hand, with ``fields`` changed, by the button named ``button``."""
        form = self.page.form(mark)
        data = {**form.fields, **fields}
        if button:
            data[button] = next(b.get("value", "") for b in form.buttons if b.get("name") == button)
        path = form.action or self.last.request.path
        return self.posts(path, data, part=part, follow=follow)

    def _path(self, path: str) -> str:
        return path if path.startswith("/") else f"/{self.lang}/{path}"

    # --- the way to an order

    def adds(self, sku: str, quantity: int | str = 1) -> TestResponse:
        return self.posts("cart/items", {"sku": sku, "quantity": str(quantity)}, follow=False)

    def fills_in(self, address: Mapping[str, str] = TAIPEI, **changes: str) -> TestResponse:
        """From anywhere to the step after the address."""
        self.gets("checkout/address")
        return self.submits("address-form", **{**address, **changes})

    def chooses(self, method: str, delivery: str = "") -> TestResponse:
        wanted = {"method": method, **({"delivery": delivery} if delivery else {})}
        return self.submits("delivery-form", **wanted)

    def comes_to_confirm(self, address: Mapping[str, str] = TAIPEI, method: str = "payments_bank_transfer") -> Page:
        self.fills_in(address)
        self.chooses(method)
        return self.page

    def places(self, follow: bool = True, **changed: str) -> TestResponse:
        """Press "Place order" on the page in hand."""
        return self.submits("confirm-form", follow=follow, **changed)

    def buys(self, sku: str, address: Mapping[str, str] = TAIPEI, method: str = "payments_bank_transfer") -> str:
        """From nothing to the order's page; returns the order's number."""
        self.adds(sku)
        self.comes_to_confirm(address, method)
        self.places()
        return self.page.text("order-number")
