"""The table on standard output."""


def number(value):
    """Four digits that count, grouped by thousands."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def remarks(details):
    """Details that say more than the count of calls."""
    wanted = {"chain_to_single": "{:.2f} of a single call", "counted by": "by {}",
              "p99": "p99 {:.4g}", "server": "server {:.3g}", "client": "client {:.3g}"}
    return ", ".join(text.format(details[name]) for name, text in wanted.items()
                     if name in details)


def print_table(results):
    last = None
    for workload, placement, systems in results.groups():
        if workload is not last:
            print(f"\n{workload.name}: {workload.title} [{workload.unit}, {workload.better} is "
                  "better]")
            print(f"  {'placement':<12} {'system':<12} {'median':>12}  {'min .. max':<25} "
                  f"{'/ floor':>8}")
            last = workload
        for system in systems:
            rounds = results.rounds(workload, placement, system)
            ratio = results.ratio_to_floor(workload, placement, system)
            spread = f"{number(min(rounds))} .. {number(max(rounds))}"
            line = (f"  {placement:<12} {system:<12} "
                    f"{number(results.median(workload, placement, system)):>12}  {spread:<25} "
                    f"{'' if ratio is None else number(ratio):>8}  "
                    f"{remarks(results.details(workload, placement, system))}")
            print(line.rstrip())
    print("\nSpinning systems are set against floor-spin, all others against floor.")
