"""Address parts: a key beyond what the databases can hold does not exist."""

from werkzeug.routing import IntegerConverter


class KeyConverter(IntegerConverter):
    """``<int:…>`` limited to 2**31 - 1, the largest key; anything larger is a plain 404."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"max": 2**31 - 1, **kwargs})  # type: ignore[arg-type]
