"""The owner's decisions as one value per version."""

import pytest

from storefront.core.audit.models import AuditEntry
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session, unit_of_work
from storefront.core.settings.errors import BadPolicy
from storefront.core.settings.models import Announcement, Policy, ShopVersion
from storefront.core.settings.service import next_number, set_plugin, set_policy, touch
from storefront.core.settings.snapshot import SnapshotCache, VersionedCache, load_snapshot, read_version
from storefront.testing.databases import Database
from storefront.testing.factories import close_destination, make_currency


def test_an_unchanged_shop_costs_one_statement_per_request(db: Database) -> None:
    cache = SnapshotCache()
    first = cache.current()
    session.rollback()
    with db.count_statements() as seen:
        assert cache.current() is first
    assert len(seen) == 1


def test_a_change_is_seen_by_every_process_at_its_next_request(db: Database) -> None:
    here, elsewhere = SnapshotCache(), SnapshotCache()
    assert here.current().policy("stock.low") == elsewhere.current().policy("stock.low") == 5
    with unit_of_work():
        set_policy("stock.low", 3, "owner")
    assert here.current().policy("stock.low") == elsewhere.current().policy("stock.low") == 3
    assert session.query(AuditEntry.act).all() == [("settings.policy",)]


def test_what_a_unit_read_before_it_was_rolled_back_is_not_kept(db: Database) -> None:
    cache = SnapshotCache()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        set_policy("stock.low", 3, "owner")
        assert cache.current().policy("stock.low") == 3
        _ = 1 / 0
    with unit_of_work():
        touch()  # the version that the rolled-back unit had seen
    assert cache.current().policy("stock.low") == 5


def test_the_snapshot_holds_all_the_owner_decided(db: Database) -> None:
    with unit_of_work():
        make_currency("USD", "0.0066")
        make_currency("TWD", "0.21", step=10)
        close_destination("US", "HI", en="Not to Hawaii.")
        set_plugin("points", enabled=True, settings={"rate": 1}, actor="owner")
        set_plugin("points", settings={"rate": 2}, actor="owner")
        session.add(Announcement(text={"en": "Closed on Monday."}, places=["checkout"]))
    shop = load_snapshot(read_version())
    assert shop.currency_codes == ("JPY", "USD", "TWD")
    assert shop.rate("TWD") == CurrencyRate("TWD", "JPY", "0.21", 10)
    assert shop.rate("XXX") == CurrencyRate("JPY", "JPY")
    assert [(rule.country, rule.region, rule.message["en"]) for rule in shop.closed] == [("US", "HI", "Not to Hawaii.")]
    assert shop.plugins["points"].enabled and shop.plugins["points"].settings == {"rate": 2}
    assert [n.text["en"] for n in shop.announcements] == ["Closed on Monday."]


def test_the_shops_own_keys_never_reach_the_policies(db: Database) -> None:
    with unit_of_work():
        session.add(Policy(key="secret.purchase_tally", value="hush"))
    assert "hush" not in load_snapshot(1).policies.values()


@pytest.mark.parametrize(
    ("key", "value"),
    [("stock.lwo", 1), ("stock.low", "3"), ("stock.low", True), ("stock.low", -1), ("staff.second_factor", "some")],
)
def test_a_wrong_policy_is_refused_with_a_sentence(db: Database, key: str, value: object) -> None:
    with pytest.raises(BadPolicy) as refused, unit_of_work():
        set_policy(key, value, "owner")
    assert key in str(refused.value)


def test_numbers_run_per_series_and_an_unseen_one_is_given_again(db: Database) -> None:
    with unit_of_work():
        assert [next_number("261122"), next_number("261122"), next_number("261123")] == [1, 2, 1]
    with pytest.raises(ZeroDivisionError), unit_of_work():
        assert next_number("261122") == 3
        _ = 1 / 0
    with unit_of_work():
        assert next_number("261122") == 3


def test_a_cache_reads_again_only_when_the_version_moved(db: Database) -> None:
    loaded: list[int] = []
    cache = VersionedCache(lambda version: loaded.append(version) or version)
    assert [cache.at(1), cache.at(1), cache.at(2)] == [1, 1, 2]
    assert loaded == [1, 2]


def test_an_empty_database_has_version_0_and_the_defaults(db: Database) -> None:
    with unit_of_work():
        session.query(ShopVersion).delete()
    assert read_version() == 0
    assert SnapshotCache().current().policy("payment.days") == 7
    with unit_of_work():
        assert touch() == 1
