"""Durability shown, not claimed: random kills, power cuts, full disks, with negative controls."""
