"""Look-ups of duties, claims, the ledger and the response to reports."""

from app.outcomes.queries.chasing import chase_by_key, chased_today, chases, letters_to_write
from app.outcomes.queries.duties import (
    AWAITED,
    acts_for,
    awaited,
    awaited_from,
    claim_for,
    claims_page,
    file_for,
    get_for,
    invitation_by_token,
    invitations_of,
    invitations_since,
    newest,
    of_project,
    owing_organisations,
    own_organisations,
    people_for,
    terms_of,
    terms_row,
    to_verify,
)
from app.outcomes.queries.ledger import (
    ROWS,
    attributions_of,
    known_products,
    last_seen,
    ledger_rows,
    locked_product,
    next_number,
    observations_of,
    product_by_name,
    product_for,
    product_key_taken,
    products_of,
    record_for,
    records_of,
    sales_of,
    sales_years,
    shares_of,
    versions_of,
)
from app.outcomes.queries.response import STATES, report_list, response, visible_projects_by_key

__all__ = [
    "AWAITED", "ROWS", "STATES", "acts_for", "attributions_of", "awaited", "awaited_from", "chase_by_key",
    "chased_today", "chases", "claim_for", "claims_page", "file_for", "get_for", "invitation_by_token",
    "invitations_of", "invitations_since", "known_products", "last_seen", "ledger_rows", "letters_to_write",
    "locked_product", "newest", "next_number", "observations_of", "of_project", "owing_organisations",
    "own_organisations", "people_for", "product_by_name", "product_for", "product_key_taken", "products_of",
    "record_for", "records_of", "report_list", "response", "sales_of", "sales_years", "shares_of", "terms_of",
    "terms_row", "to_verify", "versions_of", "visible_projects_by_key",
]  # fmt: skip
