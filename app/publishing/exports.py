"""A published figure as a record for programs (CR-1)."""

from typing import Any


def record(row: Any) -> dict[str, Any]:
    """Everything that the page of a figure says, without its years."""
    return {
        "figure": row.code,
        "status": row.status.value,
        "question": row.parameters,
        "definition": row.words,
        "definition_version": row.definition_version,
        "answer": row.answer,
        "known_at": row.known_at.isoformat(),
        "data_sha256": row.data_sha256,
        "public_bundle_sha256": row.public_sha256,
        "frozen_at": row.frozen_at.isoformat(),
        "published_at": row.published_at.isoformat(),
        "replaces": row.replaces.code if row.replaces else None,
        "reason": {"en": row.replaces_reason_en, "ja": row.replaces_reason_ja} if row.replaces else None,
    }
