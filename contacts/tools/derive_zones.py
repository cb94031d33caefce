#!/usr/bin/env python3
"""Writes data/zones.txt: which time zones a telephone number's prefix may lie in.

Source: the PyPI package `phonenumbers` (Apache-2.0, a port of Google's libphonenumber), its
`phonenumbers/tzdata`. The PyPI package `tzdata` says which zones are links of others.

    python3 -m venv venv
    venv/bin/pip install phonenumbers==9.0.43 tzdata==2026.6
    venv/bin/python tools/derive_zones.py > data/zones.txt

Two things are left out, neither of which changes an answer:
- a prefix whose zones are those of the longest shorter prefix in the table;
- of zones in one list that keep the same clock, being links of one another in the tz database
  (Europe/Jersey of Europe/London), all but one: the one the others link to, where it is listed.

One line a list of zones: the zones by comma, a tab, the prefixes by blank, all sorted.
"""

from collections import defaultdict
from importlib.metadata import version
from importlib.resources import files

from phonenumbers.tzdata import TIMEZONE_DATA

UNKNOWN = "Etc/Unknown"


def links():
    """Each link of the tz database and the zone it stands for."""
    found = {}
    for line in files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text().splitlines():
        if line.startswith("L "):
            _, target, link = line.split()
            found[link] = target
    return found


def one_of_each_clock(zones, link_of):
    """The zones without those that only repeat another's clock."""
    by_clock = defaultdict(list)
    for zone in sorted(zones):
        clock = zone
        while clock in link_of:
            clock = link_of[clock]
        by_clock[clock].append(zone)
    return tuple(sorted(clock if clock in names else names[0] for clock, names in by_clock.items()))


def inherited(prefix, table):
    """The zones of the longest shorter prefix, if any."""
    for length in range(len(prefix) - 1, 0, -1):
        if prefix[:length] in table:
            return table[prefix[:length]]
    return None


def main():
    link_of = links()
    table = {
        prefix: one_of_each_clock([zone for zone in zones if zone != UNKNOWN], link_of)
        for prefix, zones in TIMEZONE_DATA.items()
    }
    prefixes_of = defaultdict(list)
    for prefix, zones in table.items():
        if zones != inherited(prefix, table):
            prefixes_of[zones].append(prefix)

    print("# Time zones by telephone-number prefix. Derived by tools/derive_zones.py: do not edit.")
    print(f"# From phonenumbers {version('phonenumbers')} and tzdata {version('tzdata')}; see NOTICE.")
    for zones, prefixes in sorted(prefixes_of.items()):
        print(",".join(zones), " ".join(sorted(prefixes)), sep="\t")


if __name__ == "__main__":
    main()
