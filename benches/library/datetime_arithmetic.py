"""Dates and times: building, arithmetic, comparison, formatting, parsing, zones."""
# bench: quick=50
import sys
from datetime import date, datetime, time, timedelta, timezone


def calendar(n):
    """Walks day by day and counts what the days are."""
    day = date(1999, 12, 28)
    step = timedelta(days=1)
    total = 0
    for _ in range(n):
        total += day.weekday() + day.day * day.month + day.toordinal() % 7
        if day.isocalendar()[1] == 53:
            total += 1
        day += step
    return total, day.isoformat()


def appointments(n):
    """Builds moments, moves them, takes differences and sorts them."""
    start = datetime(2024, 2, 27, 9, 30)
    moments = []
    for i in range(n):
        moment = start + timedelta(hours=i * 7 % 1001, minutes=i % 60, seconds=i)
        moments.append(moment.replace(microsecond=i * 37 % 1000000))
    moments.sort()
    spread = timedelta()
    late = 0
    for before, after in zip(moments, moments[1:]):
        spread += (after - before) * 2
        if after.time() > time(17, 0):
            late += 1
    return spread.total_seconds(), late, moments[n // 2]


def texts(n):
    """Writes moments as text and reads them again."""
    total = 0
    moment = datetime(2020, 1, 1, 0, 0, 0, 250)
    step = timedelta(minutes=97, microseconds=13)
    for _ in range(n):
        text = moment.isoformat()
        again = datetime.fromisoformat(text)
        total += (again == moment) + len(text)
        total += len(moment.strftime("%Y-%m-%d %H:%M:%S"))
        total += len(str(again.date())) + len(f"{moment:%d.%m.%y}")
        moment += step
    return total, str(moment)


def zones(n):
    """Moves moments between fixed zones."""
    tokyo = timezone(timedelta(hours=9), "JST")
    lima = timezone(timedelta(hours=-5))
    moment = datetime(2023, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    total = 0
    for i in range(n):
        there = moment.astimezone(tokyo)
        here = there.astimezone(lima)
        total += there.day + here.hour + (here == moment)
        total += int(moment.timestamp()) % 10
        moment += timedelta(seconds=i)
    return total, moment.isoformat()


def ledger(n):
    """Moments as keys of a dict."""
    days = {}
    stamp = datetime(2021, 6, 1)
    for i in range(n):
        key = (stamp + timedelta(hours=i * 11 % 2400)).date()
        days[key] = days.get(key, 0) + i
    return len(days), max(days), sum(days.values())


def main(n):
    for work in (calendar, appointments, texts, zones, ledger):
        print("checksum:", work.__name__, *work(n * 20))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
