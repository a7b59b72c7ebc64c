"""The miniature: a small world told in a family of invented languages, so that the whole study runs offline.

`languages` draws the words, `world` the facts, `grammar` turns a clause about a fact into a sentence with its gold
tree, `drafts` and the modules beside it compose the eighteen tasks from clauses, `corpus` the text for pretraining.
"""
