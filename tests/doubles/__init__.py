"""Small stand-ins for people and devices: a few lines each, used instead of patching."""
