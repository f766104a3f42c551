"""The board's pins, through gpiozero and lgpio: named, never searched for."""

from __future__ import annotations

from typing import Any

from firmware_config.errors import DriverError


def board_pins() -> Any:
    """A gpiozero pin factory on the board's own GPIO.

    gpiozero's default tries one library after another and falls back in silence; a station that
    loses its kernel timestamps must say so instead. Raises DriverError.
    """
    try:
        import lgpio
        from gpiozero import GPIOZeroError
        from gpiozero.pins.lgpio import LGPIOFactory
    except ModuleNotFoundError as error:
        raise DriverError(
            f"driver 'gpio' needs {error.name!r}, which is not installed",
            hint="缺少引脚程序库，请技术员安装 python3-lgpio。",
        ) from error
    except (ImportError, OSError) as error:
        raise DriverError(f"driver 'gpio' cannot be loaded: {error}") from error
    try:
        return LGPIOFactory()
    except (GPIOZeroError, lgpio.error, OSError) as error:
        raise DriverError(f"no GPIO on this machine: {error}") from error
