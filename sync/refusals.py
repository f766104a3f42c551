"""Why nothing may be sent, as an error with a hint for the people at the station."""

from __future__ import annotations

from firmware_config.errors import LinkError

FORK_HINT = "本机记录与乡镇服务器的记录不一致，已停止发送，资料都在本机。请联系技术员。"
REFUSED_HINT = "乡镇服务器暂不接收本站的资料；资料都在本机。请联系技术员。"
OTHER_HISTORY = frozenset({"fork", "broken"})


def refusal(reason: str) -> LinkError:
    """`reason` is the township's word, or the broker's: `fork`, `unknown-station` and so on."""
    hint = FORK_HINT if reason in OTHER_HISTORY else REFUSED_HINT
    return LinkError(f"the township does not take this: {reason}", hint=hint)
