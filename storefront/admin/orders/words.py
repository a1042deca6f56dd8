"""What the states, acts and events of an order are called at the desk. Msgids: the shopper's words
(``shop/orders``) where the desk has no other."""

from storefront.core.i18n.translate import N_
from storefront.core.orders.states import CancelReason, FlagKind
from storefront.core.shipping.customs import Gap
from storefront.shop.orders import words as shopper

STATUS = {**shopper.STATUS, "draft": N_("Draft")}
WAITS = {
    "money": N_("Money to come"),
    "pack": N_("To be packed"),
    "hand_over": N_("To be handed over"),
    "goods": N_("Waits for goods"),
    "refund": N_("Money to send back"),
    "customs": N_("Customs data missing"),
    "look": N_("To be looked at"),
}
PAYMENTS = {"open": N_("To be paid"), "paid": N_("Paid"), "later": N_("Goods before money")}
ITEMS = {**shopper.ITEMS, "in_hand": N_("In hand")}
PARCELS = {
    **shopper.SHIPMENTS,
    "planned": N_("Planned"),
    "labelled": N_("Labelled"),
    "lost": N_("Lost"),
    "returned": N_("Came back"),
}
BILLS = {**shopper.BILLS, "open": N_("To be paid")}
BILL_KINDS = {
    "all": N_("Everything"),
    "items": N_("Items"),
    "shipping": N_("Postage"),
    "extra": N_("Extra"),
    "topup": N_("Top-up"),
}
ATTEMPTS = {
    "new": N_("Begun"),
    "redirected": N_("At the provider"),
    "approved": N_("Agreed to"),
    "instructed": N_("Money is announced"),
    "accepted": N_("Payable on delivery or later"),
    "pending": N_("Being checked"),
    "captured": N_("Money came"),
    "declined": N_("Declined"),
    "voided": N_("Ended"),
}
STEPS = {
    "begun": N_("Begun"),
    "redirected": N_("Sent to the provider"),
    "approved": N_("The payer agreed"),
    "instructed": N_("Told how to pay"),
    "accepted": N_("Goods may go before the money"),
    "pending": N_("The provider is checking"),
    "captured": N_("Money came"),
    "overpaid": N_("More came than was asked for"),
    "late": N_("Money came too late"),
    "declined": N_("Declined"),
    "voided": N_("Ended"),
    "unavailable": N_("The provider did not answer"),
    "mismatch": N_("Does not match the order"),
    "refunded": N_("Sent back"),
}
OWED = {
    "cancelled": N_("Order or items cancelled"),
    "late": N_("Came too late"),
    "overpaid": N_("Too much came"),
    "mismatch": N_("Does not match the order"),
    "bill": N_("Refund"),
}
REFUNDS = {
    "requested": N_("To be sent"),
    "pending": N_("The provider is checking"),
    "done": N_("Sent back"),
    "failed": N_("Refused by the provider"),
}
# Why the owner cancels: what the shopper is told.
CANCEL = {
    CancelReason.UNAVAILABLE: N_("The goods cannot be had"),
    CancelReason.SHOPPER: N_("The shopper asked for it"),
    CancelReason.LIMIT: N_("More than one customer may buy"),
    CancelReason.RESTRICTED: N_("It may not be sent to this country"),
    CancelReason.UNPAID: N_("Not paid in time"),
    CancelReason.OWNER: N_("Another reason"),
}
CANCELLED = {
    **{str(reason): words for reason, words in CANCEL.items()},
    "lapsed": N_("Never finished"),
    "merged": N_("Joined with another order"),
    "returned": N_("The parcel came back"),
    "abandoned": N_("Nobody answered any more"),
}
FLAGS = {FlagKind.LOOK: N_("Somebody should look"), FlagKind.PAYMENT: N_("A payment does not match")}
GAPS = {
    Gap.DESCRIPTION: N_("description in English"),
    Gap.VAGUE: N_("a more precise description"),
    Gap.HS_CODE: N_("HS code (six digits or more)"),
    Gap.ORIGIN: N_("country of origin"),
    Gap.WEIGHT: N_("weight"),
    Gap.VALUE: N_("value"),
    Gap.NAME: N_("receiver's name in Latin letters"),
    Gap.PHONE: N_("receiver's telephone"),
}
EVENTS = {
    "draft": N_("Begun"),
    "promote": N_("Placed"),
    "lapse": N_("Never finished"),
    "prepare": N_("May be prepared"),
    "ship": N_("Everything has left"),
    "complete": N_("Completed"),
    "return": N_("Ended as returned"),
    "cancel": N_("Cancelled"),
    "payment": N_("Money entered"),
    "late_payment": N_("Money came too late"),
    "payment_mismatch": N_("A payment does not match"),
    "method_changed": N_("Another payment method"),
    "lines_cancelled": N_("Items cancelled"),
    "line_arrived": N_("Goods arrived"),
    "refund_requested": N_("Refund decided"),
    "refund_done": N_("Money sent back"),
    "refund_failed": N_("Refund refused"),
    "shipment_planned": N_("Parcel planned"),
    "shipment_packed": N_("Parcel packed"),
    "shipment_repacked": N_("Parcel packed anew"),
    "shipment_unplanned": N_("Parcel taken apart"),
    "shipment_handed_over": N_("Parcel handed over"),
    "shipment_delivered": N_("Parcel delivered"),
    "shipment_lost": N_("Parcel lost"),
    "shipment_returned": N_("Parcel came back"),
    "tracking_changed": N_("Another tracking number"),
    "address_changed": N_("Another address"),
    "customs_changed": N_("Customs data changed"),
    "delivery_changed": N_("Moved to another delivery service"),
    "mail_resent": N_("Mail sent again"),
    "email_corrected": N_("Mail address corrected"),
    "note": N_("Note"),
    "flagged": N_("Flagged"),
    "flag_cleared": N_("Looked at"),
}
