"""Known reports -> fetched files -> records: what may be asked of the web, how politely, and what is kept of it.

`run` walks the list of known reports, `gathering` fetches one of them, `converting` hands it to the line. Nothing that a
server says, neither a name nor a path nor a type, ever decides where a file lies.
"""
