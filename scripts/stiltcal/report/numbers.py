"""Format numbers: a true minus sign, and enough decimals to tell an estimate from the ends of its interval."""

from math import isfinite

#: Decimals of estimates, and the most that a narrow interval gets.
DECIMALS, MOST = 3, 6


def number(value: float, decimals: int = DECIMALS, signed: bool = False) -> str:
    """Format with a true minus sign and, if `signed`, a plus sign; a number that rounds to zero has no sign."""
    rounded = round(value, decimals)
    sign = "+" if signed and rounded else ""
    return f"{rounded or 0.0:{sign}.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def decimals_of(estimate: float, low: float, high: float, least: int = DECIMALS) -> int:
    """Return the number of decimals (`least` to MOST) that tells an estimate other than 0 from its interval's ends."""
    ends = [end for end in (low, high) if isfinite(end) and end != estimate]
    for decimals in range(least, MOST):
        rounded = round(estimate, decimals)
        if rounded == 0 or rounded not in [round(end, decimals) for end in ends]:
            return decimals
    return MOST


def interval_parts(estimate: float, low: float, high: float) -> tuple[str, ...]:
    """Name the ends of an interval to print: both as a rule, none without a finite interval.

    At the edge of the possible range an estimate other than 0 may equal one end; then only the other end is named.
    """
    if not (isfinite(low) and isfinite(high)):
        return ()
    if estimate == 0:
        return ("low", "high")
    return tuple(name for name, end in (("low", low), ("high", high)) if end != estimate)


def bracketed(shown: dict[str, str]) -> str:
    """Format the ends by name: `[0.196, 0.227]`; one end as `(at least 0.990)`, none as "(no interval)"."""
    if len(shown) == 2:
        return f"[{shown['low']}, {shown['high']}]"
    if not shown:
        return "(no interval)"
    return f"(at least {shown['low']})" if "low" in shown else f"(at most {shown['high']})"


def estimate_text(estimate: float, low: float, high: float, signed: bool = False) -> str:
    """Format an estimate with its interval: `0.211 [0.196, 0.227]`."""
    decimals = decimals_of(estimate, low, high)
    ends = {"low": low, "high": high}
    shown = {name: number(ends[name], decimals) for name in interval_parts(estimate, low, high)}
    return f"{number(estimate, decimals, signed)} {bracketed(shown)}"
