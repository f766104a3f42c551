"""The commands of `station`, one a file.

Each module has HELP, add_arguments(parser) and run(arguments) -> exit code.
"""
