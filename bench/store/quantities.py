"""Counts and measured quantities as they are stored: within bounds that all that is computed from them fits."""

from typing import Annotated

from msgspec import Meta

#: A count or nanoseconds: no sound counter or clock says less or more, and all that is computed from it fits a float.
Natural = Annotated[int, Meta(ge=0, le=2**63 - 1)]

#: A count of what there is at least one of.
Positive = Annotated[int, Meta(ge=1, le=2**63 - 1)]

#: A measured quantity that is not negative; a thousand times it is still a float.
Amount = Annotated[float, Meta(ge=0, le=1e300)]
