"""Edit distance without numpy, which would slow down the Snakefile. docs/dependencies.md says why it is our own."""


def levenshtein(first: str, second: str) -> int:
    """Return the Levenshtein distance in characters: insertions, deletions and substitutions.

    Bit-parallel algorithm of Hyyrö 2003. Two integers stand for one column of the dynamic-programming table: bit k of
    `rises` (`falls`) is set where the distance grows (shrinks) by one from row k to row k + 1. The bit counts of the
    last column give the distance.
    """
    if first == second:
        return 0
    if not first or not second:
        return len(first) + len(second)
    occurs: dict[str, int] = {}
    for row, character in enumerate(first):
        occurs[character] = occurs.get(character, 0) | 1 << row
    full = (1 << len(first)) - 1
    rises, falls = full, 0
    for character in second:
        match = occurs.get(character, 0)
        diagonal = ((((match & rises) + rises) ^ rises) | match | falls) & full
        right_rises = (falls | (diagonal | rises) ^ full) << 1 | 1
        right_falls = (rises & diagonal) << 1
        rises = (right_falls | (diagonal | right_rises) & full ^ full) & full
        falls = right_rises & diagonal
    return len(second) + rises.bit_count() - falls.bit_count()
