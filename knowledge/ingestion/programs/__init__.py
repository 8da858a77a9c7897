"""Programs that read one untrusted file each, run by `knowledge.ingestion.child` in a process of their own.

Each is a script with a function `messages`: bytes and arguments in, a stream of JSON objects out. They import nothing
of the project, because their process does not have it on its path.
"""
