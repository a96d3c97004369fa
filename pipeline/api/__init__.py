"""The static API: every answer of `api/v1/` made from the dataset, as JSON inside one envelope.

Nothing is judged or computed anew here: the rows of an answer are those of the published tables, under their names.
"""
