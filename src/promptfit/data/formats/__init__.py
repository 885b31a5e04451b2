"""Formats of others' data sets, a file and a YAML of ``conf/format/`` each; imports become the native layout."""
