"""Every core table in one import: for migrations, tests and audits."""

from storefront.core.audit import models as audit
from storefront.core.billing import models as billing
from storefront.core.cart import models as cart
from storefront.core.catalog import models as catalog
from storefront.core.catalog.importing import models as importing
from storefront.core.checkout import models as checkout
from storefront.core.customers import models as customers
from storefront.core.mail import models as mail
from storefront.core.orders import models as orders
from storefront.core.outbox import models as outbox
from storefront.core.payments import models as payments
from storefront.core.search import models as search
from storefront.core.settings import models as settings
from storefront.core.shipping import models as shipping
from storefront.core.staff import models as staff
from storefront.core.stock import models as stock
from storefront.core.tasks import models as tasks

AREAS = (
    audit,
    billing,
    cart,
    catalog,
    checkout,
    customers,
    importing,
    mail,
    orders,
    outbox,
    payments,
    search,
    settings,
    shipping,
    staff,
    stock,
    tasks,
)
