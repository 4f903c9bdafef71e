"""What has been measured so far, in the order of the catalogue."""

import json
import statistics

from . import catalogue


class Results:
    def __init__(self):
        self._rounds = {}       # (workload, placement, system) -> values
        self._details = {}      # the same -> details of the last round

    def add(self, workload, placement, system, value, details):
        key = (workload.name, placement, system)
        self._rounds.setdefault(key, []).append(value)
        self._details[key] = details

    def rounds(self, workload, placement, system):
        return self._rounds.get((workload.name, placement, system), [])

    def details(self, workload, placement, system):
        return self._details.get((workload.name, placement, system), {})

    def median(self, workload, placement, system):
        rounds = self.rounds(workload, placement, system)
        return statistics.median(rounds) if rounds else None

    def ratio_to_floor(self, workload, placement, system):
        """None where there is no floor, or where it is nothing."""
        own = self.median(workload, placement, system)
        floor = self.median(workload, placement, catalogue.floor_of(system))
        return own / floor if own is not None and floor else None

    def groups(self):
        """(workload, placement, systems) of everything that has a figure."""
        for workload in catalogue.WORKLOADS:
            for placement in catalogue.PLACEMENTS:
                systems = [each for each in catalogue.SYSTEMS
                           if self.rounds(workload, placement, each)]
                if systems:
                    yield workload, placement, systems

    def write_json(self, path):
        rows = [{"workload": workload.name, "system": system, "placement": placement,
                 "unit": workload.unit,
                 "rounds": self.rounds(workload, placement, system),
                 "median": self.median(workload, placement, system)}
                for workload, placement, systems in self.groups() for system in systems]
        with open(path, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
            file.write("\n")
