"""The command line, a file per group of commands; nothing but arguments in and one document or line out."""
