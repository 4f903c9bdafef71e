"""Values for which Python has no type of its own, or none that holds them exactly."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Mapping, Tuple

_EPOCH = datetime.date(1970, 1, 1)
NANOSECONDS_OF_DAY = 86_400_000_000_000


class Float32(float):
    """A float that travels with 32 bits in an `any`."""


@dataclass(frozen=True, order=True)
class TimeOfDay:
    """Nanoseconds since midnight; datetime.time would lose the last three digits."""

    nanoseconds: int

    @classmethod
    def of(cls, time: datetime.time) -> TimeOfDay:
        seconds = (time.hour * 60 + time.minute) * 60 + time.second
        return cls((seconds * 1_000_000 + time.microsecond) * 1000)

    def to_time(self) -> datetime.time:
        """Without what is below a microsecond."""
        seconds, rest = divmod(self.nanoseconds // 1000, 1_000_000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return datetime.time(hour, minute, second, rest)


@dataclass(frozen=True, order=True)
class DateTime:
    """A moment in UTC: days since 1970-01-01 and nanoseconds since midnight."""

    days: int
    nanoseconds: int = 0

    @classmethod
    def of(cls, moment: datetime.datetime) -> DateTime:
        """A datetime without a zone counts as UTC."""
        if moment.tzinfo is not None:
            moment = moment.astimezone(datetime.timezone.utc)
        days = (moment.date() - _EPOCH).days
        return cls(days, TimeOfDay.of(moment.time()).nanoseconds)

    def to_datetime(self) -> datetime.datetime:
        """Without what is below a microsecond."""
        day = _EPOCH + datetime.timedelta(days=self.days)
        time = TimeOfDay(self.nanoseconds).to_time()
        return datetime.datetime.combine(day, time, datetime.timezone.utc)


@dataclass(frozen=True, order=True)
class Duration:
    """A length of time in nanoseconds."""

    nanoseconds: int

    @classmethod
    def of(cls, length: datetime.timedelta) -> Duration:
        return cls(length // datetime.timedelta(microseconds=1) * 1000)

    def to_timedelta(self) -> datetime.timedelta:
        """Without what is below a microsecond."""
        return datetime.timedelta(microseconds=self.nanoseconds // 1000)


@dataclass(frozen=True)
class AnyEnum:
    """An enum's value in an `any`."""

    type_name: str
    name: str
    number: int


@dataclass
class AnyRecord:
    """A record in an `any`: it describes itself."""

    type_name: str
    fields: Mapping[str, Any]


@dataclass
class AnyVariant:
    """A variant in an `any`."""

    case: str
    value: Any


@dataclass
class AnyException:
    """An exception that is a value in an `any`."""

    type_name: str
    message: str
    arguments: Any = ()
    fields: Any = field(default_factory=dict)
    trace: str = ""


@dataclass(frozen=True)
class Extension:
    """An application's own type in an `any`."""

    type: int
    content: bytes


def date_of(days: int) -> datetime.date:
    return _EPOCH + datetime.timedelta(days=days)


def days_of(day: datetime.date) -> int:
    return (day - _EPOCH).days


#: How a variant looks: the case's name and its value.
Variant = Tuple[str, Any]
