"""Edit distance, without numpy: the registry imports what uses it."""


def levenshtein(first: str, second: str) -> int:
    """The edit distance in characters (insertions, deletions, substitutions): Hyyrö 2003, bit-parallel.

    The bits of one integer are the rows of a column of the usual table, so that a column costs a few operations: where
    the distance rises by one from row to row, and where it falls. Their numbers in the last column give the distance.
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
