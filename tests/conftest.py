"""Settings for all tests."""

import os

from hypothesis import settings

# A landing must not hang on chance: with CI set hypothesis walks the same examples each time.
# Everywhere else it explores anew, and what it finds becomes an @example.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
