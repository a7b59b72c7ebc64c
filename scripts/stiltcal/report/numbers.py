"""Numbers as a reader sees them: a true minus sign, and no estimate that looks like the end of its own interval."""

from math import isfinite

#: Decimals of estimates, and the most that a narrow interval gets.
DECIMALS, MOST = 3, 6


def number(value: float, decimals: int = DECIMALS, signed: bool = False) -> str:
    """A number with a true minus sign and, where `signed`, a plus sign; what rounds to zero has neither."""
    rounded = round(value, decimals)
    sign = "+" if signed and rounded else ""
    return f"{rounded or 0.0:{sign}.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def decimals_of(estimate: float, low: float, high: float, least: int = DECIMALS) -> int:
    """As many decimals, `least` or more, as tell an estimate other than 0 from the ends of its interval."""
    ends = [end for end in (low, high) if isfinite(end) and end != estimate]
    for decimals in range(least, MOST):
        rounded = round(estimate, decimals)
        if rounded == 0 or rounded not in [round(end, decimals) for end in ends]:
            return decimals
    return MOST


def interval_parts(estimate: float, low: float, high: float) -> tuple[str, ...]:
    """The columns that stand in an interval's brackets.

    Both ends as a rule. None where there is no interval. At the edge of what is possible an estimate other than 0 may
    be one end: then the other one alone.
    """
    if not (isfinite(low) and isfinite(high)):
        return ()
    if estimate == 0:
        return ("low", "high")
    return tuple(name for name, end in (("low", low), ("high", high)) if end != estimate)


def bracketed(shown: dict[str, str]) -> str:
    """`[0.196, 0.227]` of the ends by name; `(at least 0.990)` of one, "(no interval)" of none."""
    if len(shown) == 2:
        return f"[{shown['low']}, {shown['high']}]"
    if not shown:
        return "(no interval)"
    return f"(at least {shown['low']})" if "low" in shown else f"(at most {shown['high']})"


def estimate_text(estimate: float, low: float, high: float, signed: bool = False) -> str:
    """`0.211 [0.196, 0.227]`: an estimate with its interval."""
    decimals = decimals_of(estimate, low, high)
    ends = {"low": low, "high": high}
    shown = {name: number(ends[name], decimals) for name in interval_parts(estimate, low, high)}
    return f"{number(estimate, decimals, signed)} {bracketed(shown)}"
