"""The few names of libcamera's Python binding that the driver uses."""

import enum
import types


class AfModeEnum(enum.IntEnum):
    Manual = 0
    Auto = 1
    Continuous = 2


controls = types.SimpleNamespace(AfModeEnum=AfModeEnum)
