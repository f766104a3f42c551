"""Measurements, as ratios to a peer or a physical limit taken in the same run.

Never a timed test: machines are shared and noisy. `make bench` runs all of them; a module has
`run(out) -> list of rows`, and may leave pictures in `out`.
"""
