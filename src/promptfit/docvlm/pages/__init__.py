"""The pages that docvlm-tiny is taught on: what stands on them and where, in which type, how photographed."""
