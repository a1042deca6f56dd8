"""What the owner sets for notices."""

from dataclasses import dataclass

from storefront.plugin import (
    N_,
    BadSetting,
    Event,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderPaid,
    OrderPlaced,
    OrderReady,
    OrderShipped,
    ParcelDelivered,
    ParcelLost,
    ParcelReturned,
    ParcelSent,
    PluginSettings,
    Problem,
    RefundSent,
    plugin_settings,
    setting,
)
from storefront_notify_webhook.delivery import NotThere, post
from storefront_notify_webhook.notice import notice

NAME = "notify_webhook"
KINDS: tuple[type[Event], ...] = (
    OrderPlaced,
    OrderPaid,
    OrderReady,
    OrderChanged,
    OrderShipped,
    OrderCompleted,
    OrderCancelled,
    ParcelSent,
    ParcelDelivered,
    ParcelLost,
    ParcelReturned,
    RefundSent,
)
LEAST_SECRET = 16
UNKNOWN = N_("There is no event %(name)s. The events are: %(known)s.")


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """``addresses``: each is told of ``events`` (empty: of all). ``alive``: told every five minutes. ``insecure``: also http, and
    addresses in the owner's own network."""

    addresses: tuple[str, ...] = setting(
        (),
        label=N_("Addresses"),
        help=N_("Where notices go, separated by commas, such as https://erp.example/inbox. Each gets every notice."),
        required=True,
    )
    secret: str = setting(
        "",
        label=N_("Secret for signatures"),
        help=N_(
            "At least 16 characters, known to the shop and your system only. By it your system sees that a notice is genuine."
        ),
        secret=True,
        required=True,
    )
    events: tuple[str, ...] = setting(
        (),
        label=N_("Events"),
        help=N_("Which notices are sent, separated by commas, such as order.placed, order.paid. Empty: all."),
    )
    alive: str = setting(
        "",
        label=N_("Address for signs of life"),
        help=N_(
            "Told every five minutes that the shop's background work runs: when that stops, your monitoring notices. Empty: none."
        ),
    )
    insecure: bool = setting(
        False,
        label=N_("Allow http and your own network"),
        help=N_("Only for a system beside the shop that nobody else can reach: notices travel unencrypted then."),
    )

    def __post_init__(self) -> None:
        known = [kind.name for kind in KINDS]
        for name in self.events:
            if name not in known:
                raise BadSetting(UNKNOWN, name=name, known=", ".join(known))

    def wants(self, event: Event) -> bool:
        return not self.events or event.name in self.events


def try_out(settings: NoticeSettings) -> list[Problem]:
    """Send each address a notice that says it is a test."""
    problems = []
    for address in filter(None, (*settings.addresses, settings.alive)):
        try:
            post(address, notice("shop.test"), settings.secret, insecure=settings.insecure)
        except NotThere as error:
            problems.append(error.problem)
    return problems


DECLARATION = PluginSettings(
    NoticeSettings,
    intro=N_(
        "Each notice is a signed POST with JSON. It is sent again later when your system does not answer with success."
    ),
    check=try_out,
)

settings = plugin_settings(NAME, NoticeSettings)
