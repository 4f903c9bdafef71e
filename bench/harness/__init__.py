"""The driver's parts; bench/run puts them together."""
