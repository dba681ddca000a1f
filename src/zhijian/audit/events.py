"""Every event of the product, `area.thing.past`. A convention test holds that each is emitted somewhere."""

from enum import StrEnum


class EventName(StrEnum):
    INSTALLATION_FOUNDED = "organisations.installation.founded"
    ORGANISATION_CREATED = "organisations.organisation.created"
    ORGANISATION_CHANGED = "organisations.organisation.changed"
    PERSON_CREATED = "organisations.person.created"
    PERSON_DEACTIVATED = "organisations.person.deactivated"
    PASSWORD_RESET = "organisations.password.reset"  # noqa: S105 - the name of an event
    ROLE_GRANTED = "organisations.role.granted"
    ROLE_REVOKED = "organisations.role.revoked"
    TOKEN_CREATED = "organisations.token.created"  # noqa: S105 - the name of an event
    TOKEN_REVOKED = "organisations.token.revoked"  # noqa: S105 - as above
    SIGNED_IN = "organisations.session.opened"
    SIGNED_OUT = "organisations.session.closed"
    SIGN_IN_FAILED = "organisations.session.refused"

    LEDGER_PREVIEWED = "registry.ledger.previewed"
    LEDGER_IMPORTED = "registry.ledger.imported"
    LEDGER_DISCARDED = "registry.ledger.discarded"
    ACCOUNT_IMPORTED = "registry.account.imported"
    ACCOUNT_CHANGED = "registry.account.changed"
    ACCOUNT_OPENED = "registry.account.opened"
    ACCOUNT_REGISTERED = "registry.account.registered"
    ACCOUNTS_EXPORTED = "registry.accounts.exported"
    FILING_CREATED = "registry.filing.created"
    FILING_SUBMITTED = "registry.filing.submitted"
    FILING_RETURNED = "registry.filing.returned"
    FILING_APPROVED = "registry.filing.approved"
    FILING_WITHDRAWN = "registry.filing.withdrawn"

    REVIEW_SUBMITTED = "review.review.submitted"
    REVIEW_STAGE_SIGNED = "review.stage.signed"
    REVIEW_APPROVED = "review.review.approved"
    REVIEW_RETURNED = "review.review.returned"
    REVIEW_WITHDRAWN = "review.review.withdrawn"
    REVIEW_VOIDED = "review.review.voided"

    FILE_STORED = "files.file.stored"

    TERM_PROPOSED = "knowledge.term.proposed"
    TERM_APPROVED = "knowledge.term.approved"
    TERM_REJECTED = "knowledge.term.rejected"
    TERM_RETIRED = "knowledge.term.retired"

    ARTICLE_CREATED = "content.article.created"
    ARTICLE_IMPORTED = "content.article.imported"
    ARTICLE_REVISED = "content.article.revised"
    ARTICLE_DISCARDED = "content.article.discarded"
    FINDING_WAIVED = "content.finding.waived"

    CONNECTION_CREATED = "channels.connection.created"
    CONNECTION_CHANGED = "channels.connection.changed"
    CONNECTION_PROBED = "channels.connection.probed"
    CONNECTION_PAUSED = "channels.connection.paused"

    DELIVERY_PLANNED = "publishing.delivery.planned"
    DELIVERY_STARTED = "publishing.delivery.started"
    DELIVERY_SUBMITTED = "publishing.delivery.submitted"
    DELIVERY_PUBLISHED = "publishing.delivery.published"
    DELIVERY_UNKNOWN = "publishing.delivery.became_unknown"
    DELIVERY_REJECTED = "publishing.delivery.rejected"
    DELIVERY_FAILED = "publishing.delivery.failed"
    DELIVERY_CANCELLED = "publishing.delivery.cancelled"
    DELIVERY_HANDED_OFF = "publishing.delivery.handed_off"
    DELIVERY_HAND_OFF_CONFIRMED = "publishing.delivery.hand_off_confirmed"
    DELIVERY_REMOVED = "publishing.delivery.removed"
    STRAY_DRAFT_CLEANED = "publishing.stray_draft.cleaned"
