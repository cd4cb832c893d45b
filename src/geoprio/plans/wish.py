"""How much a mailing may be."""

from dataclasses import dataclass
from math import floor, inf

from geoprio.errors import ConfigError
from geoprio.plans.choice import Limit


@dataclass(frozen=True)
class MailingWish:
    """How much each edition may mail: exactly one of the three.

    Raises
    ------
    ConfigError
        None or several are given, or one is no such number.

    Examples
    --------
    >>> from geoprio import MailingWish
    >>> MailingWish(budget_sek=250_000).limit(2.5, 0.0).households
    100000.0
    """

    budget_sek: float | None = None
    households: int | None = None
    precision: float | None = None
    """Smallest share (0-1) of target persons among all who are reached."""

    def __post_init__(self) -> None:
        given = [self.budget_sek, self.households, self.precision]
        if sum(one is not None for one in given) != 1:
            message = "give one of budget, households and precision; found another number of them"
            raise ConfigError(message)
        if self.precision is not None and not 0 < self.precision <= 1:
            message = f"precision: found {self.precision:g}; expected a share above 0, at most 1"
            raise ConfigError(message)
        if any(one is not None and not 0 <= one < inf for one in given):
            message = "budget and households are numbers of 0 or more"
            raise ConfigError(message)

    def limit(self, cost_per_household_sek: float, least_precision: float) -> Limit:
        """Return the limit of a choice; by a budget or households every area has a precision."""
        if self.precision is not None:
            return Limit(precision=self.precision)
        if self.households is not None:
            most = self.households
        else:
            # 250,000 / 2.5 households, not one fewer by the computer's rounding.
            most = floor(round((self.budget_sek or 0.0) / cost_per_household_sek, 6))
        return Limit(households=float(most), least_precision=least_precision)
