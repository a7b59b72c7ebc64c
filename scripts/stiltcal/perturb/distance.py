"""Edit distance, without numpy: the registry imports what uses it."""


def levenshtein(first: str, second: str) -> int:
    """The edit distance in characters (insertions, deletions, substitutions): Hyyrö 2003, bit-parallel.

    The bits of one integer are the rows of a column of the usual table, so that a column costs a few operations.
    """
    if not first or not second:
        return len(first) + len(second)
    occurs: dict[str, int] = {}
    for row, character in enumerate(first):
        occurs[character] = occurs.get(character, 0) | 1 << row
    full, last = (1 << len(first)) - 1, 1 << len(first) - 1
    rises, falls, distance = full, 0, len(first)
    for character in second:
        match = occurs.get(character, 0)
        diagonal = (((match & rises) + rises) ^ rises) | match | falls
        right_rises = falls | ~(diagonal | rises) & full
        right_falls = rises & diagonal
        distance += bool(right_rises & last) - bool(right_falls & last)
        right_rises = right_rises << 1 & full | 1
        right_falls = right_falls << 1 & full
        rises = right_falls | ~(diagonal | right_rises) & full
        falls = right_rises & diagonal
    return distance
