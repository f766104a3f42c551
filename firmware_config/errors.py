"""Everything that can go wrong, on both ends of the wire.

    OurError                 70
    ├── UsageError           64   the command was called wrongly
    ├── ConfigError          78   a restart will not cure it
    │   └── DriverError      78   a driver, its library or its device is missing
    ├── InputError           74   a picture or message that cannot be read
    ├── StorageError         74   disk, database, blob
    │   ├── DiskFullError    74
    │   └── DamageError      74   something on disk is not what its digest says
    ├── CameraError          74
    ├── LampError            74   the operator cannot be told
    ├── EngineError          74   the OCR engine failed on a page
    └── LinkError            74   broker or township cannot be reached, or refuses us

Exit codes are those of BSD's sysexits.h. `message` is for the engineer, in English; `hint` is
what the operator should do, in Chinese.
"""

from __future__ import annotations


class OurError(Exception):
    """Root of the tree. `hint` is one Chinese sentence for the person at the station."""

    exit_code = 70
    default_hint = "程序内部出错，请把日志发给技术员。"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint


class UsageError(OurError, ValueError):
    """The command was called wrongly."""

    exit_code = 64
    default_hint = "命令用法不对，请加 --help 查看说明。"


class ConfigError(OurError, ValueError):
    """The configuration is wrong; 78 keeps systemd from restarting for ever."""

    exit_code = 78
    default_hint = "配置有误，请技术员检查配置文件。"


class DriverError(ConfigError):
    """A driver is unknown, or its library or device is missing."""

    default_hint = "设备或驱动缺失，请技术员检查接线和安装。"


class InputError(OurError, ValueError):
    """A picture or a message that cannot be read."""

    exit_code = 74
    default_hint = "这个文件无法读取，请检查后重试。"


class StorageError(OurError, OSError):
    """The disk or the database failed."""

    exit_code = 74
    default_hint = "未保存，请停止操作并联系技术员。"


class DiskFullError(StorageError):
    """No space is left."""

    default_hint = "磁盘已满，未保存。请停止操作并联系技术员。"


class DamageError(StorageError):
    """Something on disk is not what its digest says."""

    default_hint = "发现文件损坏，请勿再写入，并联系技术员。"


class CameraError(OurError, OSError):
    """The camera gave no frame."""

    exit_code = 74
    default_hint = "相机没有拍到，请重试；仍不行请联系技术员。"


class LampError(OurError, OSError):
    """The lamp failed in the middle of work: nothing may be saved that nobody hears of."""

    exit_code = 74
    default_hint = "指示灯没有反应，程序会自动重启；仍不行请联系技术员。"


class EngineError(OurError, RuntimeError):
    """The OCR engine failed on a page."""

    exit_code = 74
    default_hint = "文字识别失败，图像已保存，稍后会再试。"


class LinkError(OurError, ConnectionError):
    """The broker or the township cannot be reached, or refuses us."""

    exit_code = 74
    default_hint = "与乡镇服务器连接不上，数据已存在本机，网络恢复后会自动发送。"
