"""Compile a paper with pdfLaTeX: no box reaches into the margin, and the same input gives the same bytes.

`python -m stiltcal.report.typeset` says whether the LaTeX of this machine suffices.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

#: Debian's packages with all that the paper needs.
PACKAGES = "texlive-latex-recommended texlive-fonts-recommended texlive-science lmodern"
_STYLES = ("siunitx.sty", "booktabs.sty", "rotating.sty", "microtype.sty", "lmodern.sty", "caption.sty")
#: Widest and highest excess of a box over its place, in points, that nobody sees.
TOLERANCE = 5.0
_OVERFULL = re.compile(r"^Overfull \\([hv])box \(([\d.]+)pt too (?:wide|high)\)(.*)$", re.MULTILINE)
_FLOAT = re.compile(r"^LaTeX Warning: Float too large for page by ([\d.]+)pt(.*)$", re.MULTILINE)


class TypesetError(ValueError):
    """A paper that LaTeX does not compile, or not well."""


def missing() -> str:
    """Say what is missing on this machine, and how to get it; "" if nothing is."""
    absent = [name for name in ("pdflatex", "kpsewhich") if not shutil.which(name)]
    absent = absent or [name for name in _STYLES if subprocess.run(["kpsewhich", name], capture_output=True).returncode]
    if not absent:
        return ""
    return (
        f"paper.pdf needs LaTeX, and this machine has no {', no '.join(absent)}. On Debian: apt-get install "
        f"--no-install-recommends {PACKAGES}. Everything else of stiltcal works without"
    )


def typeset(text: str, folder: str | Path) -> bytes:
    """Compile a paper and return the PDF. text: LaTeX. folder: where the folders `tables` and `figures` are.

    Raises TypesetError with LaTeX's message, or with the box that is too large for its place.
    """
    if problem := missing():
        raise TypesetError(problem)
    with tempfile.TemporaryDirectory() as work:
        for name in ("tables", "figures"):
            (Path(work) / name).symlink_to((Path(folder) / name).resolve())
        (Path(work) / "paper.tex").write_text(text, encoding="utf-8")
        for _ in range(2):  # the second time with the numbers of figures
            log = _run(work)
        refuse_large(log)
        return (Path(work) / "paper.pdf").read_bytes()


def _run(work: str) -> str:
    """Run pdfLaTeX once, and return its log. Lines of the log are not cut, and the date is always the same."""
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"]
    settings = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "max_print_line": "10000"}
    done = subprocess.run(command, cwd=work, env=os.environ | settings, capture_output=True)
    log = (Path(work) / "paper.log").read_text(encoding="utf-8", errors="replace")
    print(log)
    if done.returncode:
        problem = re.search(r"^! .*(?:\n(?!\n).*){0,4}", log, re.MULTILINE)
        raise TypesetError(f"pdflatex: {problem[0] if problem else log[-500:]}")
    return log


def refuse_large(log: str) -> None:
    """Raise TypesetError for boxes that are larger than their places by more than TOLERANCE."""
    boxes = [
        (float(size), f"{size} pt too {'wide' if axis == 'h' else 'high'}{where}")
        for axis, size, where in _OVERFULL.findall(log)
    ]
    boxes += [(float(size), f"{size} pt too high for a page{where}") for size, where in _FLOAT.findall(log)]
    if large := [said for size, said in boxes if size > TOLERANCE]:
        raise TypesetError(
            f"paper.tex: {len(large)} of its boxes are over {TOLERANCE:g} pt too large: {'; '.join(large[:3])}"
        )


if __name__ == "__main__":
    sys.exit(missing() or None)
