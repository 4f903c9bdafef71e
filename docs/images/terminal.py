#!/usr/bin/env python3
"""Draws what a command printed, read from standard input, as a terminal in SVG. Usage: terminal.py TITLE <text >picture.svg

    BECKON_BUILD_DIR=build/release examples/demo/run | docs/images/terminal.py ./demo >docs/images/demo.svg

A line that begins at the margin is a heading and drawn bold.
"""
import sys
from xml.sax.saxutils import escape

LINE, CHARACTER, MARGIN, BAR = 18, 8.0, 16, 30

lines = sys.stdin.read().strip("\n").split("\n")
width = int(max(map(len, lines)) * CHARACTER) + 2 * MARGIN
height = len(lines) * LINE + BAR + 2 * MARGIN
print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">')
print(f'<rect width="{width}" height="{height}" rx="8" fill="#1d2229"/>')
print(f'<text x="{width / 2:.0f}" y="20" fill="#8b949e" font-family="monospace" font-size="13" '
      f'text-anchor="middle">{escape(sys.argv[1])}</text>')
print('<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="13" fill="#d0d7de" xml:space="preserve">')
for number, line in enumerate(lines):
    if not line:
        continue
    weight = "" if line.startswith(" ") else ' font-weight="bold" fill="#79c0ff"'
    # The length is set: whatever font the reader has, columns stay in line.
    print(f'<text x="{MARGIN}" y="{BAR + MARGIN + number * LINE}" textLength="{len(line) * CHARACTER:.0f}" '
          f'lengthAdjust="spacingAndGlyphs"{weight}>{escape(line)}</text>')
print("</g>\n</svg>")
