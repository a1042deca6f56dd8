"""A shopper without a browser, for shops that run in processes of their own."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from html import unescape

from storefront.testing.running import Answer

ADDRESS = {
    "country": "TW",
    "family_name": "Lin",
    "given_name": "Yi-chun",
    "postal_code": "106",
    "region": "TPE",
    "city": "Daan District",
    "line1": "12 Heping East Road",
    "phone": "0912-345-678",
}


class PlainShopper:
    """Sends forms as a browser without JavaScript does: cookies, hidden fields, redirects. Each request may go to
    another process of the shop (``port``)."""

    def __init__(self, port: int, lang: str = "en") -> None:
        self.port, self.lang = port, lang
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.address = ""

    def get(self, path: str, port: int = 0) -> Answer:
        return self._send(path, None, port or self.port)

    def post(self, path: str, fields: Mapping[str, str], port: int = 0) -> Answer:
        """The page's own hidden fields go along."""
        return self._send(path, urllib.parse.urlencode(fields).encode(), port or self.port)

    def _send(self, path: str, data: bytes | None, port: int) -> Answer:
        origin = f"http://127.0.0.1:{port}"
        request = urllib.request.Request(f"{origin}/{self.lang}{path}", data, {"Origin": origin})
        try:
            with self.opener.open(request, timeout=20) as response:
                self.address = response.geturl()
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def submit(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Open a page and send its form back with ``fields``; the answer is the page it leads to."""
        answer = self.post(path, {**hidden_fields(self.get(path).text), **fields})
        assert answer.status == 200, answer.text
        return answer

    def reach_delivery(self, email: str) -> Answer:
        """A soap in the cart, an address in Taiwan: the page where delivery and payment are chosen."""
        assert self.post("/cart/items", {"sku": "NKB-0080", "quantity": "1"}).status == 200
        return self.submit("/checkout/address", {**ADDRESS, "email": email})

    def buy_by_transfer(self, email: str, delivery: str = "shipping_courier:international") -> str:
        """Returns the number of the order placed."""
        self.reach_delivery(email)
        chosen = {"delivery": delivery, "method": "payments_bank_transfer"}
        self.submit("/checkout/delivery", chosen)
        placed = self.submit("/checkout/confirm", {})
        found = re.search(r'data-test="order-number">([^<]+)<', placed.text)
        assert found, placed.text
        return found[1]


def hidden_fields(html: str) -> dict[str, str]:
    """Of the page's main form."""
    form = html[html.index('id="checkout"') :]
    return {
        name: unescape(value)
        for name, value in re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.partition("</form>")[0]
        )
    }
