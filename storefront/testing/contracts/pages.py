"""The contract of a plugin's pages in the back office."""

import itertools
import re

from flask import Flask

from storefront.core.contracts.manage import ManagePage
from storefront.core.staff.rights import Role, may
from storefront.core.values.language import LANGUAGES
from storefront.testing.contracts.shop import ShopBench
from storefront.testing.desk import staff_client
from storefront.testing.visitor import Visitor


class ManagePageContract(ShopBench):
    """Every page is shown in every language to whoever has its right, and to nobody else; a form sent back as it stands
    changes nothing."""

    def pages(self) -> tuple[ManagePage, ...]:
        return tuple(self.module.storefront_manage_pages())

    def root(self, page: ManagePage) -> str:
        return f"/manage/plugins/{self.name}/{page.key}/"

    def test_pages_are_shown_in_every_language(self, shop: Flask) -> None:
        for lang, page in itertools.product(LANGUAGES, self.pages()):
            owner = Visitor(staff_client(shop, locale=lang))
            for path in self.addresses(owner, page):
                answer = owner.gets(path)
                assert answer.status_code == 200, path
                assert not re.search(r"%\(\w+\)s", answer.get_data(as_text=True)), "a placeholder was not filled in"

    def addresses(self, owner: Visitor, page: ManagePage) -> list[str]:
        """The list, the first row's form and the form of a new one, as far as the page has them."""
        root = self.root(page)
        owner.gets(root)
        links = [link.partition("?")[0] for link in owner.page.links if link.startswith(root)]
        rows = [link for link in links if link.removeprefix(root) not in ("", "new", "export")]
        return [root, *rows[:1], *([f"{root}new"] if f"{root}new" in links else [])]

    def test_whoever_has_not_the_right_is_kept_out(self, shop: Flask) -> None:
        for page in self.pages():
            for role in Role:
                status = staff_client(shop, role).get(self.root(page)).status_code
                assert (status == 200) == may(role, page.view), (page.key, role)
            assert shop.test_client().get(self.root(page)).status_code in (302, 303)

    def test_a_form_sent_back_as_it_stands_is_taken(self, shop: Flask) -> None:
        owner = Visitor(staff_client(shop))
        for page in self.pages():
            if page.form is None:
                continue
            for path in self.addresses(owner, page):
                if path.endswith("/new"):
                    continue
                owner.gets(path)
                if not any(form.mark == "edit-form" for form in owner.page.forms):
                    continue
                assert owner.submits("edit-form").status_code == 200, owner.page.texts("problem")

    def test_switched_off_its_pages_are_gone(self, shop: Flask) -> None:
        client = staff_client(shop)
        self.switch(shop, False)
        for page in self.pages():
            assert client.get(self.root(page)).status_code == 404
