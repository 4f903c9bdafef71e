"""The plot: a panel for each workload and placement, a bar for each system, whiskers from the
lowest round to the highest."""

from html import escape

from .table import number

COLOURS = {"floor": "#8a8f98", "floor-spin": "#b9bdc4", "beckon": "#c8322b",
           "beckon-spin": "#e58a84", "grpc": "#2f6f9f", "capnproto": "#3f9f6f", "ice": "#8a63b0",
           "omniorb": "#c98a1b", "thrift": "#4a6572"}

PANEL_WIDTH, PANELS_ABREAST, MARGIN = 480, 2, 24
NAME_WIDTH, VALUE_WIDTH, ROW, HEAD = 96, 90, 20, 46


def _panel_height(systems):
    return HEAD + ROW * len(systems) + 14


def _panel(results, workload, placement, systems, left, top):
    longest = max(max(results.rounds(workload, placement, each)) for each in systems) or 1.0
    room = PANEL_WIDTH - NAME_WIDTH - VALUE_WIDTH
    start = left + NAME_WIDTH

    def across(value):
        return start + room * max(value, 0) / longest

    parts = [f'<text x="{left}" y="{top + 14}" class="head">{escape(workload.name)}, '
             f'{escape(placement)}</text>',
             f'<text x="{left}" y="{top + 30}" class="note">{escape(workload.title)} '
             f'({escape(workload.unit)}, {workload.better} is better)</text>']
    for i, system in enumerate(systems):
        rounds = results.rounds(workload, placement, system)
        median = results.median(workload, placement, system)
        y = top + HEAD + ROW * i
        middle = y + (ROW - 6) / 2
        low, high = across(min(rounds)), across(max(rounds))
        parts += [
            f'<text x="{start - 6}" y="{middle + 4}" class="name">{escape(system)}</text>',
            f'<rect x="{start}" y="{y}" width="{max(across(median) - start, 1):.1f}" '
            f'height="{ROW - 6}" fill="{COLOURS[system]}"/>',
            f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 3}v6M{high:.1f} '
            f'{middle - 3}v6" class="whisker"/>',
            f'<text x="{high + 6:.1f}" y="{middle + 4}">{number(median)}</text>']
    return "\n".join(parts)


def write_plot(results, path):
    groups = list(results.groups())
    panels, top, bottom = [], MARGIN, MARGIN
    for at, (workload, placement, systems) in enumerate(groups):
        column = at % PANELS_ABREAST
        if column == 0:
            top = bottom
        panels.append(_panel(results, workload, placement, systems,
                             MARGIN + column * (PANEL_WIDTH + MARGIN), top))
        bottom = max(bottom, top + _panel_height(systems))
    width = MARGIN + PANELS_ABREAST * (PANEL_WIDTH + MARGIN)
    height = bottom + MARGIN
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'''<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}">
<style>
text {{ font: 11px sans-serif; fill: #222; }}
.head {{ font-weight: bold; font-size: 13px; }}
.note {{ fill: #666; }}
.name {{ text-anchor: end; }}
.whisker {{ stroke: #222; fill: none; }}
</style>
<rect width="100%" height="100%" fill="#fff"/>
''')
        file.write("\n".join(panels))
        file.write("\n</svg>\n")
