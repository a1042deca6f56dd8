"""States of a payment attempt and which may follow which."""

from enum import StrEnum


class AttemptState(StrEnum):
    NEW = "new"
    REDIRECTED = "redirected"
    APPROVED = "approved"
    INSTRUCTED = "instructed"
    ACCEPTED = "accepted"
    PENDING = "pending"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"


A = AttemptState

LIVE = frozenset({A.NEW, A.REDIRECTED, A.APPROVED, A.INSTRUCTED, A.ACCEPTED, A.PENDING})
ENDED = frozenset({A.CAPTURED, A.DECLINED, A.VOIDED})

ATTEMPT_MOVES: dict[AttemptState, frozenset[AttemptState]] = {
    A.NEW: frozenset({A.REDIRECTED, A.APPROVED, A.INSTRUCTED, A.ACCEPTED, A.PENDING, A.CAPTURED, A.DECLINED, A.VOIDED}),
    A.REDIRECTED: frozenset({A.APPROVED, A.PENDING, A.CAPTURED, A.DECLINED, A.VOIDED}),
    A.APPROVED: frozenset({A.PENDING, A.CAPTURED, A.DECLINED, A.VOIDED}),
    A.INSTRUCTED: frozenset({A.PENDING, A.CAPTURED, A.DECLINED, A.VOIDED}),
    A.ACCEPTED: frozenset({A.PENDING, A.CAPTURED, A.DECLINED, A.VOIDED}),
    A.PENDING: frozenset({A.CAPTURED, A.DECLINED, A.VOIDED}),
    A.CAPTURED: frozenset(),
    A.DECLINED: frozenset(),
    A.VOIDED: frozenset(),
}
