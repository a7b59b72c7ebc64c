"""Write the prices of the shipped studies into docs/plan.md: one command for all of them.

    PYTHONPATH=scripts python benchmarks/write_plan.py

Each line `<!-- stiltcal.price ARGUMENTS -->` of the page is followed by a block with what the command prints. Words
after the command choose the blocks whose arguments contain them, say `paper`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "plan.md"
BLOCK = re.compile(r"(<!-- stiltcal\.price ([^\n]*) -->\n```\n).*?(```\n)", re.DOTALL)


def printed(arguments: str) -> str:
    """Return what the command prints."""
    command = [sys.executable, "-m", "stiltcal.price", *arguments.split()]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Rewrite the page, block by block; those whose arguments contain all given words, or all blocks."""
    for _, arguments, _ in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if all(word in arguments for word in sys.argv[1:]):
            text = printed(arguments)

            def block(match: re.Match, arguments: str = arguments, text: str = text) -> str:
                return f"{match[1]}{text}{match[3]}" if match[2] == arguments else match[0]

            PAGE.write_text(BLOCK.sub(block, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
