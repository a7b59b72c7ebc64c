"""Generate the miniature: a small world described in invented languages, so that the whole study runs offline.

`languages` draws the words and `world` the facts. `grammar` and `realisation` turn a clause about a fact into a
sentence with its gold tree. `drafts`, `inference` and `translations` compose the eighteen tasks from clauses; `corpus`
composes the pretraining text. `generate` writes the files.
"""
